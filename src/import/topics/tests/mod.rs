mod properties;
mod site;
mod stories;

use std::collections::BTreeMap;

use super::{StoryText, Topic, Topics};

/// Ends the text of a story in a file with expectations.
const END_OF_STORY: &str = "\n====\n";

/// The topics of a story: headline, deck (`-` for none) and paragraphs, with empty lines between.
fn topics(site: &Topics, story: &str) -> Vec<Topic> {
    let text = story.split(END_OF_STORY).next().unwrap_or_default();
    let mut blocks = text.split("\n\n").map(str::trim);
    let headline = blocks.next().unwrap_or_default();
    let deck = blocks.next().filter(|deck| *deck != "-");
    let paragraphs: Vec<&str> = blocks.collect();
    site.find(&StoryText { headline, deck, paragraphs: &paragraphs, place: None })
}

fn names(site: &Topics, story: &str) -> Vec<String> {
    topics(site, story).into_iter().map(|topic| topic.name).collect()
}

fn site(tags: &[&str], aliases: &[(&str, &str)]) -> Topics {
    let aliases = aliases.iter().map(|(written, name)| ((*written).to_owned(), (*name).to_owned()));
    Topics::new(tags.iter().map(|tag| (*tag).to_owned()).collect(), aliases.collect::<BTreeMap<_, _>>())
}
