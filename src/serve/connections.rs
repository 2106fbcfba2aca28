//! Ports → connections, limited in number and in time.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection_limits::{self, Connection, ConnectionLimits};
use super::http::{self, Server};
use super::write_timeout::WriteTimeout;
use crate::diagnostic::Diagnostic;

/// How long a browser may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// How often open event streams are written to.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How many ports after the requested one are tried.
const EXTRA_PORTS: u16 = 100;

/// The sockets that accept connections.
pub(super) struct Listeners {
    port: u16,
    all: Vec<TcpListener>,
}

/// One thread for connections, and a few for the work of requests.
pub(super) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(16).build()
}

impl Listeners {
    /// Listens on a port or, if it is taken, on the next free one.
    pub(super) async fn open(first: u16, lan: Option<IpAddr>) -> Result<Self, Diagnostic> {
        let mut why = None;
        // A port that is free for IPv4 may be taken for IPv6; with port 0, another one is tried then.
        for more in 0..=EXTRA_PORTS {
            let port = if first == 0 { 0 } else { first.saturating_add(more) };
            match Self::on(port, lan).await {
                Ok(listeners) => return Ok(listeners),
                Err(error) => {
                    let is_busy = error.kind() == io::ErrorKind::AddrInUse;
                    why = Some(error);
                    if !is_busy {
                        break;
                    }
                }
            }
        }
        let why = why.map_or_else(String::new, |error| error.to_string());
        Err(Diagnostic::fatal(
            "serve/port",
            format!("no port from {first} up is free for the preview: {why}"),
        )
        .help("choose another one above 1023 with `--port`, or 0 for any free one"))
    }

    async fn on(port: u16, lan: Option<IpAddr>) -> io::Result<Self> {
        // `localhost` may mean either.
        let own = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()];
        let addresses = match lan {
            Some(all) if all.is_unspecified() => {
                vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
            }
            Some(one) if !one.is_loopback() => vec![own[0], own[1], one],
            _ => own.to_vec(),
        };
        let mut listeners = Self { port, all: Vec::new() };
        for address in addresses {
            match TcpListener::bind(SocketAddr::new(address, listeners.port)).await {
                Ok(listener) => {
                    listeners.port = listener.local_addr()?.port();
                    listeners.all.push(listener);
                }
                // Not every machine has IPv6, and on some, IPv6 includes all addresses of IPv4.
                Err(error) if address == own[1] && error.kind() != io::ErrorKind::AddrInUse => drop(error),
                Err(_) if address == IpAddr::from(Ipv6Addr::UNSPECIFIED) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(listeners)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

/// The address from which this machine would reach the network. Sends nothing.
pub(super) fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address for documentation (RFC 5737); any address of another machine would do.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Accepts connections forever.
pub(super) async fn accept(server: Arc<Server>, listeners: Listeners) -> Infallible {
    let (places, limits) = (
        Arc::new(Semaphore::new(connection_limits::MAX_AUTHENTICATED)),
        Arc::new(ConnectionLimits::default()),
    );
    for listener in listeners.all {
        tokio::spawn(accept_on(Arc::clone(&server), listener, Arc::clone(&places), Arc::clone(&limits)));
    }
    loop {
        tokio::time::sleep(KEEP_ALIVE).await;
        server.live.events.keep_alive();
    }
}

async fn accept_on(
    server: Arc<Server>,
    listener: TcpListener,
    places: Arc<Semaphore>,
    limits: Arc<ConnectionLimits>,
) {
    loop {
        // Without a key, connections wait for a free slot. With one, unauthenticated connections must not occupy slots.
        let place = match server.key {
            None => Arc::clone(&places).acquire_owned().await.ok(),
            Some(_) => None,
        };
        match listener.accept().await {
            Ok((stream, from)) => {
                let connection = Arc::new(limits.admit(from.ip()));
                if place.is_some() {
                    connection.authenticate();
                }
                drop(tokio::spawn(serve_connection(Arc::clone(&server), stream, connection, place)));
            }
            // Too many open files, or the browser is gone: neither should end the server.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve_connection(
    server: Arc<Server>,
    stream: TcpStream,
    connection: Arc<Connection>,
    place: Option<OwnedSemaphorePermit>,
) {
    let _ = stream.set_nodelay(true);
    let answer = service_fn(|request| http::serve(Arc::clone(&server), Arc::clone(&connection), request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(WriteTimeout::new(stream)), answer);
    tokio::select! {
        // Errors of a connection concern nobody else.
        _ = serving => {}
        () = connection.close.notified() => {}
    }
    drop(place);
}
