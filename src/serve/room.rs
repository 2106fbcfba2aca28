//! Connections of a preview that asks for a key → those that have shown it, and few of the others.
//!
//! Who is on the network can open connections without the key. They are counted apart, and each one too many costs the oldest
//! of the address that has most: so nobody can keep out those who have the key.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Connections at once that have shown the key, or need none: a system gives a process a thousand files.
pub(super) const KNOWN: usize = 700;
/// Connections at once that have not shown the key.
const STRANGERS: usize = 200;

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Those that have not shown the key, the oldest first.
    strangers: Mutex<Vec<Stranger>>,
    /// How many have.
    known: AtomicUsize,
}

#[derive(Debug)]
struct Stranger {
    address: IpAddr,
    cut: Arc<Notify>,
}

/// A connection. It is a stranger's until it has shown the key.
#[derive(Debug)]
pub(super) struct Guest {
    room: Arc<Room>,
    /// Ends the connection.
    pub(super) cut: Arc<Notify>,
    is_known: AtomicBool,
}

impl Room {
    /// Lets a connection in; ends another if there are too many.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Guest {
        let cut = Arc::new(Notify::new());
        let mut strangers = self.strangers();
        strangers.push(Stranger { address, cut: Arc::clone(&cut) });
        if strangers.len() > STRANGERS {
            let mut counts: HashMap<IpAddr, usize> = HashMap::new();
            strangers.iter().for_each(|stranger| *counts.entry(stranger.address).or_default() += 1);
            let most = counts.values().copied().max().unwrap_or(0);
            if let Some(oldest) = strangers.iter().position(|one| counts[&one.address] == most) {
                strangers.remove(oldest).cut.notify_one();
            }
        }
        drop(strangers);
        Guest { room: Arc::clone(self), cut, is_known: AtomicBool::new(false) }
    }

    fn strangers(&self) -> MutexGuard<'_, Vec<Stranger>> {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// It has shown the key, or needs none. One too many of those is ended.
    pub(super) fn is_known(&self) {
        if self.is_known.swap(true, Ordering::Relaxed) {
            return;
        }
        self.is_no_stranger();
        if self.room.known.fetch_add(1, Ordering::Relaxed) >= KNOWN {
            self.cut.notify_one();
        }
    }

    fn is_no_stranger(&self) {
        self.room.strangers().retain(|stranger| !Arc::ptr_eq(&stranger.cut, &self.cut));
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if *self.is_known.get_mut() {
            self.room.known.fetch_sub(1, Ordering::Relaxed);
        } else {
            self.is_no_stranger();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cut(guest: &Guest) -> bool {
        let mut notified = std::pin::pin!(guest.cut.notified());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::future::Future::poll(notified.as_mut(), &mut context).is_ready()
    }

    #[test]
    fn a_flood_from_one_address_ends_its_own_connections_and_no_others() {
        let room = Arc::new(Room::default());
        let (owner, flooder) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let [known, new] = [owner, owner].map(|address| room.enter(address));
        known.is_known();
        let flood: Vec<Guest> = (0..STRANGERS + 50).map(|_| room.enter(flooder)).collect();
        assert!(!is_cut(&known) && !is_cut(&new));
        assert_eq!(flood.iter().filter(|guest| is_cut(guest)).count(), 51);
        assert!(!is_cut(&flood[STRANGERS + 49]));
        drop(flood);
        assert_eq!(room.strangers().len(), 1);
    }
}
