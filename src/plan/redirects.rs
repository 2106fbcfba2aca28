//! The old URLs of articles → pages and rules that send readers to the new ones.

use rayon::prelude::*;

use super::{PageKind, Planner, Route, StaticFile};
use crate::archive::ids;
use crate::content::ArticleId;

/// Where hosts look for rules.
pub const RULES: &str = "_redirects";

/// Plans a redirect for every alias of an article that readers see; gives them with what they lead to, sorted. An alias
/// of a hidden one would give away its name.
pub(super) fn plan(planner: &mut Planner<'_>, statics: &[StaticFile]) -> Vec<(Route, Route)> {
    let mut redirects = Vec::new();
    let (plan, content, archive) = (planner.plan, planner.content, planner.archive);
    let moved: Vec<ArticleId> =
        ids(content).filter(|id| !content.get(*id).front.aliases.is_empty()).collect();
    for id in moved {
        let (Some(to), article) = (plan.article(archive, id), content.get(id)) else { continue };
        for alias in &article.front.aliases {
            match Route::parse(alias) {
                Ok(from) if from == *to => {}
                Ok(from) => redirects.push((from, to.clone())),
                Err(why) => planner
                    .diagnostics
                    .push(super::no_route(article, &format!("in its alias `{alias}`, {why}"))),
            }
        }
    }
    redirects.sort_unstable();
    for (from, to) in &redirects {
        if has_page(from) {
            planner.add(from.clone(), PageKind::Redirect(to.clone()));
        }
    }
    let own_rules = statics.iter().any(|file| file.path == RULES);
    if let Ok(route) = Route::root().file(RULES)
        && (own_rules || !redirects.is_empty())
    {
        planner.add(route, PageKind::RedirectRules);
    }
    redirects
}

/// Whether a host would serve a page at an old URL as HTML. Others (`/story.php`) are left to the rules.
fn has_page(route: &Route) -> bool {
    let path = route.as_str();
    route.is_folder() || path.ends_with(".html") || path.ends_with(".htm")
}

/// The rules: the site's own first, as a host takes the first that fits.
pub fn rules(own: Option<&str>, redirects: impl Iterator<Item = (String, String)>) -> String {
    let mut rules = own.unwrap_or_default().trim_end().to_owned();
    if !rules.is_empty() {
        rules.push('\n');
    }
    for (from, to) in redirects {
        rules.push_str(&format!("{from} {to} 301\n"));
    }
    rules
}
