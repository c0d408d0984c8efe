//! How many sessions there may be, in all and from one address. Each is counted from the request that it
//! begins with until the engine has let go of it, whichever transport it has.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{extract::ConnectInfo, response::Response};
use http::{StatusCode, request::Parts};
use parking_lot::Mutex;

use super::{Server, layer::refused};
use crate::rate::Rate;

/// Those there are, and how many there may be.
#[derive(Debug)]
pub(super) struct Capacity {
    most: usize,
    most_per_address: Option<usize>,
    taken: AtomicUsize,
    /// Empty without a limit for each.
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// Of what there are too many.
#[derive(Debug, PartialEq, Eq)]
enum Full {
    All,
    Address,
}

/// A session that is counted until this is dropped. The engine keeps it with the head of the session's
/// first request.
#[derive(Debug)]
struct Admission {
    _counted: Option<Admitted>,
}

/// Copies of the head, such as extractors have, do not keep the session counted.
impl Clone for Admission {
    fn clone(&self) -> Self {
        Self { _counted: None }
    }
}

#[derive(Debug)]
struct Admitted {
    capacity: Arc<Capacity>,
    /// If it is counted for each.
    address: Option<IpAddr>,
}

impl Capacity {
    pub(super) fn new(most: usize, most_per_address: Option<usize>) -> Self {
        Self {
            most,
            most_per_address,
            taken: AtomicUsize::new(0),
            by_address: Mutex::default(),
        }
    }

    /// How many there are.
    pub(super) fn taken(&self) -> u64 {
        let taken = self.taken.load(Ordering::Relaxed);
        taken.try_into().unwrap_or(u64::MAX)
    }

    fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Admitted, Full> {
        let before = self.taken.fetch_add(1, Ordering::Relaxed);
        // From here on it gives back what it has taken.
        let mut admitted = Admitted {
            capacity: Arc::clone(self),
            address: None,
        };
        if before >= self.most {
            return Err(Full::All);
        }
        if let Some((most, address)) = self.most_per_address.zip(address) {
            let address = network(address);
            let mut by_address = self.by_address.lock();
            let from_here = by_address.entry(address).or_default();
            if *from_here >= most {
                drop(by_address);
                return Err(Full::Address);
            }
            *from_here += 1;
            admitted.address = Some(address);
        }
        Ok(admitted)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.capacity.taken.fetch_sub(1, Ordering::Relaxed);
        let Some(address) = self.address else { return };
        if let Entry::Occupied(mut from_here) = self.capacity.by_address.lock().entry(address) {
            *from_here.get_mut() -= 1;
            if *from_here.get() == 0 {
                from_here.remove();
            }
        }
    }
}

/// What one user has: an address of IPv4, or 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            Ipv6Addr::from(network).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

impl Server {
    /// Lets a session begin with this request, or gives the answer if there may not be one more.
    pub(super) fn admit(&self, request: &mut Parts) -> Option<Response> {
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| peer.ip());
        match self.capacity.admit(address) {
            Ok(admitted) => {
                request.extensions.insert(Admission {
                    _counted: Some(admitted),
                });
            }
            Err(Full::All) => {
                self.tally.refused_connections.one();
                tracing::warn!(
                    target: "hobnob::server",
                    max_connections = self.capacity.most,
                    "a connection is refused: there are as many as there may be",
                );
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Some(refused(status, 4, "Too many connections."));
            }
            Err(Full::Address) => {
                self.tally.refused_by_address.one();
                tracing::warn!(
                    target: "hobnob::server",
                    ?address,
                    max_connections_per_address = self.capacity.most_per_address,
                    "a connection is refused: there are as many from its address as there may be",
                );
                let status = StatusCode::TOO_MANY_REQUESTS;
                return Some(refused(status, 4, "Too many connections from one address."));
            }
        }
        if let Some(events) = self.options.max_events_per_second {
            request.extensions.insert(Arc::new(Rate::new(events)));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_takes_no_place() {
        let capacity = Arc::new(Capacity::new(3, Some(1)));
        let here = Some(IpAddr::from([10, 0, 0, 1]));
        let first = capacity.admit(here).unwrap();
        assert_eq!(capacity.admit(here).err(), Some(Full::Address));
        let unknown = [capacity.admit(None).unwrap(), capacity.admit(None).unwrap()];
        let there = Some(IpAddr::from([10, 0, 0, 2]));
        assert_eq!(capacity.admit(there).err(), Some(Full::All));
        assert_eq!(capacity.taken(), 3);
        drop((first, unknown));
        assert_eq!(capacity.taken(), 0);
        assert!(capacity.by_address.lock().is_empty());
    }

    #[test]
    fn a_copy_of_the_request_takes_no_place() {
        let capacity = Arc::new(Capacity::new(1, None));
        let admission = Admission {
            _counted: capacity.admit(None).ok(),
        };
        drop(admission.clone());
        assert_eq!(capacity.taken(), 1);
        let copy = admission.clone();
        drop(admission);
        assert_eq!(capacity.taken(), 0);
        drop(copy);
    }

    #[test]
    fn an_address_is_what_one_user_has() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("10.0.0.1", "::ffff:10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
        assert!(same("2001:db8::1", "2001:db8:0:0:ffff::2"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
    }
}
