//! Limits on open connections, with and without the key of the preview.
//!
//! Anyone on the network can open connections without the key. They are counted separately, and one too many closes the oldest
//! connection of the address that has most. So nobody can lock out visitors who have the key.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The most connections with the key, or that need none. A process can usually open about a thousand files.
pub(super) const MAX_AUTHENTICATED: usize = 700;
/// The most connections without the key.
const MAX_UNAUTHENTICATED: usize = 200;

/// The open connections.
#[derive(Debug, Default)]
pub(super) struct ConnectionLimits {
    /// Connections that have not shown the key, oldest first.
    unauthenticated: Mutex<Vec<Unauthenticated>>,
    /// How many have shown it.
    authenticated: AtomicUsize,
}

#[derive(Debug)]
struct Unauthenticated {
    address: IpAddr,
    close: Arc<Notify>,
}

/// An open connection, unauthenticated until it shows the key.
#[derive(Debug)]
pub(super) struct Connection {
    limits: Arc<ConnectionLimits>,
    /// Closes the connection.
    pub(super) close: Arc<Notify>,
    is_authenticated: AtomicBool,
}

impl ConnectionLimits {
    /// Admits a connection, and closes another if there are too many.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Connection {
        let close = Arc::new(Notify::new());
        let mut unauthenticated = self.unauthenticated();
        unauthenticated.push(Unauthenticated { address, close: Arc::clone(&close) });
        if unauthenticated.len() > MAX_UNAUTHENTICATED {
            let mut counts: HashMap<IpAddr, usize> = HashMap::new();
            unauthenticated.iter().for_each(|connection| *counts.entry(connection.address).or_default() += 1);
            let most = counts.values().copied().max().unwrap_or(0);
            if let Some(oldest) = unauthenticated.iter().position(|one| counts[&one.address] == most) {
                unauthenticated.remove(oldest).close.notify_one();
            }
        }
        drop(unauthenticated);
        Connection { limits: Arc::clone(self), close, is_authenticated: AtomicBool::new(false) }
    }

    fn unauthenticated(&self) -> MutexGuard<'_, Vec<Unauthenticated>> {
        self.unauthenticated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Records that the connection has shown the key or needs none. Closes it if there are too many.
    pub(super) fn authenticate(&self) {
        if self.is_authenticated.swap(true, Ordering::Relaxed) {
            return;
        }
        self.forget_unauthenticated();
        if self.limits.authenticated.fetch_add(1, Ordering::Relaxed) >= MAX_AUTHENTICATED {
            self.close.notify_one();
        }
    }

    fn forget_unauthenticated(&self) {
        self.limits.unauthenticated().retain(|connection| !Arc::ptr_eq(&connection.close, &self.close));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if *self.is_authenticated.get_mut() {
            self.limits.authenticated.fetch_sub(1, Ordering::Relaxed);
        } else {
            self.forget_unauthenticated();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cut(connection: &Connection) -> bool {
        let mut notified = std::pin::pin!(connection.close.notified());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::future::Future::poll(notified.as_mut(), &mut context).is_ready()
    }

    #[test]
    fn a_flood_from_one_address_closes_only_its_own_connections() {
        let limits = Arc::new(ConnectionLimits::default());
        let (owner, flooder) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let [known, new] = [owner, owner].map(|address| limits.admit(address));
        known.authenticate();
        let flood: Vec<Connection> = (0..MAX_UNAUTHENTICATED + 50).map(|_| limits.admit(flooder)).collect();
        assert!(!is_cut(&known) && !is_cut(&new));
        assert_eq!(flood.iter().filter(|connection| is_cut(connection)).count(), 51);
        assert!(!is_cut(&flood[MAX_UNAUTHENTICATED + 49]));
        drop(flood);
        assert_eq!(limits.unauthenticated().len(), 1);
    }
}
