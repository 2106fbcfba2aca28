//! Settings → the same without the URLs that lead to what readers do not see, and a warning for each.

use crate::archive::Archive;
use crate::config::Config;
use crate::content::Content;
use crate::content::markdown::unlinked;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{LinkTarget, Plan};

/// Leaves out what leads to hidden articles. `None`: nothing does.
pub(super) fn visible(
    config: &Config,
    content: &Content,
    archive: &mut Archive,
    plan: &Plan,
) -> Option<(Config, Vec<Diagnostic>)> {
    if !plan.has_hidden_paths() {
        return None;
    }
    let hidden = |written: &str| match plan.resolve_site_link(written) {
        LinkTarget::Hidden(id) => Some(id),
        _ => None,
    };
    let mut problems = Vec::new();
    let mut is_hidden = |key: &str, written: &str| {
        let id = hidden(written);
        problems.extend(id.map(|id| to_hidden(key, &content.get(id).path)));
        id.is_some()
    };
    let mut shown = config.clone();
    let publisher = &mut shown.publisher;
    publisher.url.take_if(|url| is_hidden("publisher.url", url));
    publisher.logo.take_if(|logo| is_hidden("publisher.logo", logo));
    publisher.policies.retain(|name, page| !is_hidden(&format!("publisher.policies.{name}"), page));
    if let Some(security) = &mut shown.trust.security {
        security.contact.retain(|contact| !is_hidden("security_txt.contact", contact));
        security
            .pages
            .retain(|(name, page)| !is_hidden(&format!("security_txt.{}", name.to_lowercase()), page));
    }
    for (name, values) in shown.trust.trust.iter_mut().flatten() {
        values.retain(|value| !is_hidden(&format!("trust_txt.{name}"), value));
    }
    for author in &mut shown.authors {
        author.url.take_if(|url| is_hidden(&format!("the `url` of the author `{}`", author.slug), url));
        author
            .image
            .take_if(|image| is_hidden(&format!("the `image` of the author `{}`", author.slug), image));
        if let Some(bio) = &mut author.bio
            && let Some(without) = unlinked(bio, &mut |url| {
                is_hidden(&format!("the `bio` of the author `{}`", author.slug), url)
            })
        {
            *bio = without;
        }
    }
    if problems.is_empty() {
        return None;
    }
    archive.describe_authors(&shown.authors);
    Some((shown, problems))
}

fn to_hidden(key: &str, path: &str) -> Diagnostic {
    let key = if key.contains('`') { key.to_owned() } else { format!("`{key}`") };
    Diagnostic::warning("link/hidden", format!("{key} leads to `content/{path}`, which readers cannot see"))
        .at(Place::file("bulletin.yaml"))
        .help("it is left out, and comes by itself when the article does")
}
