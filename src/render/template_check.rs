//! A theme and the articles of an edition → warnings about templates that are unused or missing.

use crate::archive::Visibility;
use crate::content::place_of_value;
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::theme::Theme;

/// Warns about templates that no page uses, and about articles whose `template` the theme does not have.
pub fn problems_of_templates(theme: &Theme, edition: &Edition) -> Vec<Diagnostic> {
    let requested = edition.content.iter().filter_map(|(_, article)| article.front.template.as_deref());
    let mut problems = theme.unused(requested);
    problems.extend(missing_templates(theme, edition));
    problems
}

fn missing_templates(theme: &Theme, edition: &Edition) -> Vec<Diagnostic> {
    let Edition { content, archive, .. } = edition;
    let shown = content.iter().filter(|(id, _)| archive.visibility(*id) == Visibility::Shown);
    let requested = shown.filter_map(|(_, article)| Some((article, article.front.template.as_deref()?)));
    requested
        .filter(|(_, template)| theme.choose(&[template]).is_none())
        .map(|(article, template)| {
            let message = format!("the theme has no template `{template}`, so the default is used");
            let help = match theme.similar_template(template) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "remove `template` from the front matter, or add the file to `templates/`".to_owned(),
            };
            Diagnostic::warning("theme/no-template", message)
                .at(place_of_value(content, article, template))
                .help(help)
        })
        .collect()
}
