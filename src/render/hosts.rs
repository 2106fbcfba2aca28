//! Files for hosts, crawlers and partners → their bytes, and warnings about them.

use super::{Renderer, read};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::formats::host_headers::{self, Files};
use crate::formats::redirects::{Rule, count_rules, nginx_map, rules};
use crate::formats::robots;
use crate::formats::trust::{self, SecurityTxtProblem};
use crate::plan::{HEADERS, INDEX, NEWS_FILE, Page, PageKind, RULES, Route, StaticFile, TrustFile};

/// The number of static redirects that Cloudflare Pages supports (developers.cloudflare.com/pages/configuration/redirects).
const MAX_REDIRECTS: usize = 2000;

impl Renderer {
    pub(super) fn robots(&self) -> Vec<u8> {
        let Edition { config, plan, .. } = self.edition();
        let sitemaps = [INDEX, NEWS_FILE].iter().filter_map(|path| Route::root().file(path).ok());
        let is_planned = |route: &Route| {
            plan.pages().iter().any(|page| matches!(page.kind, PageKind::Sitemap(_)) && page.route == *route)
        };
        let planned = sitemaps.filter(is_planned);
        let sitemaps: Vec<String> = planned.map(|route| plan.urls().absolute(&route)).collect();
        robots::robots(&config.robots, &sitemaps, &plan.urls().path_of("")).into_bytes()
    }

    pub(super) fn trust(&self, file: TrustFile, at: &Route) -> Vec<u8> {
        let Edition { config, plan, .. } = self.edition();
        let settings = &config.trust;
        let text = match file {
            TrustFile::Security => settings
                .security
                .as_ref()
                .map(|security| trust::security_txt(security, &plan.urls().absolute(at))),
            TrustFile::Trust => settings.trust.as_deref().map(trust::trust_txt),
            TrustFile::Humans => settings.humans.clone(),
            TrustFile::Ads => settings.ads.clone(),
        };
        text.unwrap_or_default().into_bytes()
    }

    /// The page of the `_headers` file; `fingerprinted` are the files with a hash in their names. `None` if the site has its own `_headers`.
    pub fn headers_page<'r>(&self, fingerprinted: impl Iterator<Item = &'r Route>) -> Option<Page> {
        let has_own = self.edition().statics.iter().any(|file| file.path == HEADERS);
        let route = Route::root().file(HEADERS).ok().filter(|_| !has_own)?;
        Some(Page { route, kind: PageKind::Headers(fingerprinted.cloned().collect()) })
    }

    pub(super) fn headers(&self, fingerprinted: &[Route]) -> Vec<u8> {
        let plan = &self.edition().plan;
        let mut files = Files { fingerprinted: fingerprinted.iter().collect(), ..Files::default() };
        for page in plan.pages() {
            match page.kind {
                PageKind::Feed(..) => files.feeds.push(&page.route),
                PageKind::ArticleJson(_) | PageKind::ListJson(_) => files.api.push(&page.route),
                PageKind::Front | PageKind::Article(_) | PageKind::List(..) | PageKind::Index(_) => {
                    files.pages.push(&page.route);
                }
                _ => {}
            }
        }
        host_headers::headers(plan.urls(), &files).into_bytes()
    }

    pub(super) fn nginx_map(&self) -> Vec<u8> {
        nginx_map(self.redirects()).into_bytes()
    }

    pub(super) fn rules(&self) -> Result<Vec<u8>, Diagnostic> {
        let file = self.edition().statics.iter().find(|file| file.path == RULES);
        let own = file.map(own_rules).transpose()?;
        Ok(rules(own.as_deref(), self.redirects()).into_bytes())
    }

    fn redirects(&self) -> impl Iterator<Item = Rule> {
        let plan = &self.edition().plan;
        plan.redirects().iter().map(|redirect| {
            let (from, to) = redirect.ends(plan.urls());
            Rule { from, to, has_page: redirect.has_page() }
        })
    }
}

/// The site's own `_redirects` file, which generated rules are appended to.
fn own_rules(file: &StaticFile) -> Result<String, Diagnostic> {
    let bytes = read(&file.source)?;
    String::from_utf8(bytes.into_owned()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Diagnostic::error("redirect/not-utf8", format!("line {line} of these rules is not valid UTF-8"))
            .at(Place::file(file.shown.as_str()))
            .help("save the file as UTF-8, or percent-encode non-ASCII characters, as in `%C3%A4`")
    })
}

/// Warns if the site has more redirects or headers than Cloudflare Pages supports.
pub fn too_many_rules(edition: &Edition) -> Vec<Diagnostic> {
    let text = |path: &str| {
        let file = edition.statics.iter().find(|file| file.path == path)?;
        let bytes = read(&file.source).ok()?;
        Some((String::from_utf8_lossy(&bytes).into_owned(), Place::file(file.shown.as_str())))
    };
    let (redirects, headers) = (text(RULES), text(HEADERS));
    let count = count_rules(redirects.as_ref().map(|(text, _)| &**text), edition.plan.redirects().len());
    let many = (count > MAX_REDIRECTS).then(|| {
        let message = format!(
            "the site has {count} redirects, but Cloudflare Pages ignores all after the first {MAX_REDIRECTS}"
        );
        Diagnostic::warning("redirect/many", message).at(redirects.map_or(Place::file("bulletin.yaml"), |(_, place)| place)).help(
            "ignore this on other hosts; on Cloudflare Pages, add the others as bulk redirects (until then, those from folders and \
             `.html` files work through redirect pages)",
        )
    });
    let own = headers.and_then(|(text, place)| {
        let count = text.lines().filter(|line| line.starts_with('/') || line.starts_with("http")).count();
        (count > host_headers::MOST_RULES).then(|| {
            let most = host_headers::MOST_RULES;
            let message =
                format!("this file has rules for {count} paths, but Cloudflare Pages ignores all after the first {most}");
            Diagnostic::warning("headers/many", message).at(place).help("combine rules with a `*` at the end of the path")
        })
    });
    many.into_iter().chain(own).collect()
}

/// Checks the site's `security.txt`, whether it is a file or generated from the settings.
pub fn security_txt_problem(edition: &Edition) -> Option<Diagnostic> {
    let Edition { config, archive, plan, statics, .. } = edition;
    let (_, path) = TrustFile::ALL.into_iter().find(|(file, _)| *file == TrustFile::Security)?;
    let file = statics.iter().find(|file| file.path == path);
    let (text, place) = match (file, &config.trust.security) {
        (Some(file), _) => {
            let bytes = read(&file.source).ok()?;
            (String::from_utf8_lossy(&bytes).into_owned(), Place::file(file.shown.as_str()))
        }
        (None, Some(settings)) => {
            let at = Route::root().file(path).ok()?;
            (trust::security_txt(settings, &plan.urls().absolute(&at)), Place::file("bulletin.yaml"))
        }
        (None, None) => return None,
    };
    let problem = trust::check_security_txt(&text, archive.as_of())?;
    let day = |instant: jiff::Timestamp| config.timezone.to_datetime(instant).date();
    let (message, help) = match problem {
        SecurityTxtProblem::NoContact => {
            ("security.txt has no `Contact`".to_owned(), "add a line `Contact: mailto:…`")
        }
        SecurityTxtProblem::NoExpires => (
            "security.txt has no `Expires`".to_owned(),
            "add a line `Expires:` with a time within a year, as in `Expires: 2027-06-01T00:00:00Z`",
        ),
        SecurityTxtProblem::SeveralExpires => {
            ("security.txt has more than one `Expires`".to_owned(), "keep one `Expires` line")
        }
        SecurityTxtProblem::UnreadableExpires => (
            "`Expires` in security.txt is not a valid time".to_owned(),
            "write it as in `2027-06-01T00:00:00Z`",
        ),
        SecurityTxtProblem::Expired(at) => (
            format!("security.txt expired on {}", day(at)),
            "check that it is still correct, and set `Expires` to a time within a year",
        ),
        SecurityTxtProblem::TooLong(at) => (
            format!("security.txt expires on {}, more than a year from now", day(at)),
            "set `Expires` to a time within a year, so that the file is reviewed regularly",
        ),
    };
    Some(Diagnostic::warning("trust/security-txt", message).at(place).help(help))
}
