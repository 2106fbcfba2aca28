//! The preview: a browser's requests → pages of the site as its files are at that moment.
//!
//! ```text
//! files → watch → changes → inputs → snapshot ─┐
//!                                              ├→ live → http → browsers
//! requests → target, host ─────────────────────┘      └→ events ──┘
//! ```
//!
//! The preview never reads or writes the output folder. It records the sources that it read in `.bulletin/`, as a build does. A
//! request is looked up in the plan of the site and never becomes a path on disk.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::site::SiteDir;

mod browser;
mod changes;
mod connection_limits;
mod connections;
mod csp;
mod desk;
mod editor;
mod events;
mod host;
mod http;
mod live;
mod open_file;
mod range;
mod reply;
mod story_status;
mod target;
mod view_options;
mod watch;
mod write_timeout;

pub use editor::Editor;
pub use view_options::ViewOptions;
pub(crate) use watch::Watch;

use changes::FileChanges;
use connections::Listeners;
use host::Hosts;
use http::Server;
use live::LiveSite;

/// What to serve, and to whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site.
    pub site: SiteDir,
    /// The view of browsers that have not chosen one.
    pub view: ViewOptions,
    /// The first port to try; 0 for any.
    pub port: u16,
    /// The address to serve on the network, to visitors who have the key. An unspecified address means all of them.
    pub lan: Option<IpAddr>,
    /// Additional host names that requests may use.
    pub names: Vec<String>,
    /// Whether to poll files, where the system does not report changes.
    pub poll: bool,
    /// Whether browsers go to the page that is being edited.
    pub follow: bool,
    /// The editor that opens source files.
    pub editor: Option<Editor>,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The URLs of the preview.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// On this machine.
    pub own: String,
    /// On the network, with the key.
    pub network: Option<String>,
    /// Whether the requested port was taken, so that another one is used.
    pub is_other_port: bool,
}

/// Receives what happens, for the terminal.
pub trait Report: Send + Sync {
    /// The server accepts connections.
    fn listening(&self, addresses: &Addresses);
    /// The site was read.
    fn ready(&self, articles: usize, time: Duration);
    /// New problems, and whether all errors are fixed.
    fn problems(&self, new: &[&Diagnostic], is_fixed: bool);
    /// Files changed, and with them `pages` pages that browsers show.
    fn changed(&self, files: &[String], pages: usize, time: Duration);
    /// A scheduled change took effect on `pages` pages that browsers show.
    fn time_passed(&self, pages: usize);
}

/// Serves a site until the process ends.
///
/// # Errors
/// Fails if there is no site, no port is free, or the files cannot be watched.
pub fn serve(options: Options, report: Box<dyn Report>) -> Result<Infallible, Diagnostic> {
    if !options.site.config().is_file()
        && let Some(problem) = Config::load(&options.site).1.into_iter().next()
    {
        return Err(problem);
    }
    let site = options.site.root().canonicalize().map_err(|error| no_site(&options.site, &error))?;
    let options = Options { site: SiteDir::new(site), ..options };
    let hosts =
        Hosts::new(options.names.iter().map(String::as_str), options.lan.is_some()).map_err(|why| {
            Diagnostic::fatal("serve/host-name", why).help("write it as in a URL, without scheme and port")
        })?;
    let watch = Watch::new(&options.site, options.poll).map_err(|error| cannot_watch(&error))?;
    let runtime = connections::runtime().map_err(|error| cannot_serve(&error))?;
    let listeners = runtime.block_on(Listeners::open(options.port, options.lan))?;
    let key = options.lan.map(|_| secret()).transpose()?;
    report.listening(&addresses(&listeners, &options, key.as_deref()));
    let server = Arc::new(Server {
        live: LiveSite::new(options, report),
        hosts,
        run: secret()?,
        token: secret()?,
        key,
        port: listeners.port(),
    });
    let following = Arc::clone(&server);
    let (alive, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Dropped when this thread ends, even if it panics.
        let _alive: tokio::sync::oneshot::Sender<Infallible> = alive;
        follow(&following.live, watch);
    });
    runtime.block_on(async {
        tokio::select! {
            _ = end => Err(failed()),
            never = connections::accept(server, listeners) => match never {},
        }
    })
}

/// Follows the files of a site and the clock, forever.
fn follow(live: &LiveSite, mut watch: Watch) {
    let started = SystemTime::now();
    live.start();
    // This takes a while in a large archive, which is already being served.
    if let Err(error) = watch.watch_all() {
        live.report.problems(&[&cannot_watch(&error)], false);
    }
    // Files that changed after they were read and before they were watched.
    live.catch_up(&watch.changes_since(started));
    loop {
        let now = (live.options.now)();
        let next = live.next_change();
        // After the clock was set back, an earlier site is due.
        let is_back = live.settings().1.duration_since(now) > SignedDuration::from_secs(1);
        if is_back || next.is_some_and(|next| next <= now) {
            live.tick();
            continue;
        }
        let mut error = None;
        let changes: FileChanges = watch.next(live::wait_time(next, now), &mut error);
        if let Some(error) = error {
            live.report.problems(&[&cannot_watch(&error)], false);
        }
        if !changes.is_empty() {
            live.update(&changes);
        }
    }
}

fn addresses(listeners: &Listeners, options: &Options, key: Option<&str>) -> Addresses {
    let port = listeners.port();
    let with_key = key.map_or_else(String::new, |key| format!("?key={key}"));
    let network =
        options.lan.and_then(|lan| if lan.is_unspecified() { connections::own_address() } else { Some(lan) });
    let network = network.map(|address| format!("http://{}/{with_key}", SocketAddr::new(address, port)));
    let own = format!("http://127.0.0.1:{port}/{with_key}");
    Addresses { own, network, is_other_port: options.port != 0 && options.port != port }
}

/// A random secret of 128 bits.
fn secret() -> Result<String, Diagnostic> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Diagnostic::fatal("serve/random", format!("the system provides no random numbers: {error}"))
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn no_site(site: &SiteDir, error: &std::io::Error) -> Diagnostic {
    let folder = site.root().display();
    Diagnostic::fatal("serve/no-site", format!("cannot read the folder `{folder}`: {error}"))
        .help("set the site's folder with `--site`")
}

fn cannot_watch(error: &notify_debouncer_full::notify::Error) -> Diagnostic {
    Diagnostic::fatal("serve/watch", format!("cannot watch the site's files: {error}"))
        .help("use `--poll` to check them regularly instead")
}

fn failed() -> Diagnostic {
    let message = "the preview stopped because of a bug in bulletin";
    Diagnostic::fatal("serve/failed", message)
        .help("start it again, and report the bug with the output above")
}

fn cannot_serve(error: &std::io::Error) -> Diagnostic {
    Diagnostic::fatal("serve/network", format!("cannot start the preview: {error}"))
}
