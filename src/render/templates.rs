//! A theme and the articles of an edition → warnings of templates that do not fit together.

use crate::archive::Visibility;
use crate::content::place_of_value;
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::theme::Theme;

/// Warns of templates that no page uses, and of articles that ask for one that the theme does not have: they are shown with the
/// usual one.
pub fn problems_of_templates(theme: &Theme, edition: &Edition) -> Vec<Diagnostic> {
    let asked = edition.content.iter().filter_map(|(_, article)| article.front.template.as_deref());
    let mut problems = theme.unused(asked);
    problems.extend(missing_templates(theme, edition));
    problems
}

fn missing_templates(theme: &Theme, edition: &Edition) -> Vec<Diagnostic> {
    let Edition { content, archive, .. } = edition;
    let shown = content.iter().filter(|(id, _)| archive.visibility(*id) == Visibility::Shown);
    let asked = shown.filter_map(|(_, article)| Some((article, article.front.template.as_deref()?)));
    asked
        .filter(|(_, template)| theme.choose(&[template]).is_none())
        .map(|(article, template)| {
            let message = format!("the theme has no template `{template}`; the usual one is used");
            let help = match theme.near(template) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "take `template` out of the front matter, or add the file to `templates/`".to_owned(),
            };
            Diagnostic::warning("theme/no-template", message)
                .at(place_of_value(content, article, template))
                .help(help)
        })
        .collect()
}
