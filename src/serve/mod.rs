//! Requests of a browser on this machine → pages of the site as its files are at that moment: the preview.
//!
//! ```text
//! files → watch → changes → parts → snapshot ─┐
//!                                             ├→ live → http → browsers
//! requests → target, host → ──────────────────┘     └→ hub → events
//! ```
//!
//! Nothing of the output folder is read or written; what was read of the sources is written down under `.bulletin/`, as by a
//! build. A request is looked up in the plan of the site, and never becomes a
//! path of a file.

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
mod content_type;
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

use changes::FileChanges;
use connections::Listeners;
use host::Hosts;
use http::Server;
use live::LiveSite;
use watch::Watch;

/// What to show, and to whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site.
    pub site: SiteDir,
    /// What browsers see that did not choose otherwise.
    pub view: ViewOptions,
    /// The first port that is tried; 0: any.
    pub port: u16,
    /// The address at which the network may see it that knows the key: an unspecified one is all that this machine has.
    pub lan: Option<IpAddr>,
    /// Names of this machine that requests may come by, besides its own.
    pub names: Vec<String>,
    /// Resolved at files again and again, where the system does not tell when they change.
    pub poll: bool,
    /// Take browsers to the page that is being edited.
    pub follow: bool,
    /// Opens files at a line.
    pub editor: Option<Editor>,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// Where the preview is.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// On this machine.
    pub own: String,
    /// On the network, with the key.
    pub network: Option<String>,
    /// Whether another port than the wanted one was taken, as that was busy.
    pub is_other_port: bool,
}

/// Tells the user of the server what happens.
pub trait Report: Send + Sync {
    /// Browsers can come.
    fn listening(&self, addresses: &Addresses);
    /// The site was read: so many articles in this time.
    fn ready(&self, articles: usize, time: Duration);
    /// What is wrong that was not before; or nothing keeps the site from being built any more.
    fn problems(&self, new: &[&Diagnostic], is_fixed: bool);
    /// These files changed, and so many pages that somebody looks at.
    fn changed(&self, files: &[String], pages: usize, time: Duration);
    /// Something appeared or went by itself, on so many pages that somebody looks at.
    fn time_passed(&self, pages: usize);
}

/// Serves a site until the process ends.
///
/// # Errors
/// If there is no site, no port can be had, or its files cannot be watched.
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
            Diagnostic::fatal("serve/host-name", why).help("give it as in a URL, without scheme and port")
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
        // Dropped with this thread, however that ends.
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

/// Follows the files of a site and the clock, for ever.
fn follow(live: &LiveSite, mut watch: Watch) {
    let started = SystemTime::now();
    live.start();
    // In a large archive this takes a while, in which the first page is there already.
    if let Err(error) = watch.watch_all() {
        live.report.problems(&[&cannot_watch(&error)], false);
    }
    // What was written between being read and being watched.
    live.catch_up(&watch.changes_since(started));
    loop {
        let now = (live.options.now)();
        let next = live.next_change();
        // A clock that was set back has the site of an earlier instant.
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

/// 128 bits that nobody can guess.
fn secret() -> Result<String, Diagnostic> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Diagnostic::fatal("serve/random", format!("the system gives no random numbers: {error}"))
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn no_site(site: &SiteDir, error: &std::io::Error) -> Diagnostic {
    let folder = site.root().display();
    Diagnostic::fatal("serve/no-site", format!("the folder `{folder}` cannot be read: {error}"))
        .help("name the site's folder with `--site`")
}

fn cannot_watch(error: &notify_debouncer_full::notify::Error) -> Diagnostic {
    Diagnostic::fatal("serve/watch", format!("the site's files cannot be watched: {error}"))
        .help("`--poll` looks at them again and again instead")
}

fn failed() -> Diagnostic {
    let message = "the preview failed, as a mistake in the program let it lose track of the site";
    Diagnostic::fatal("serve/failed", message)
        .help("start it again; what is said above helps to find the mistake")
}

fn cannot_serve(error: &std::io::Error) -> Diagnostic {
    Diagnostic::fatal("serve/network", format!("the preview cannot be served: {error}"))
}
