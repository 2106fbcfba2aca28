//! Stories of a newsroom → what must be among their tags, and what must not.

mod properties;
mod site;
mod stories;

use std::collections::BTreeMap;

use super::{Topic, Topics, Words};

/// The tags of a story of headline, deck (`-` for none) and paragraphs, with empty lines between.
fn topics(site: &Topics, story: &str) -> Vec<Topic> {
    let mut blocks = story.split("\n\n").map(str::trim);
    let headline = blocks.next().unwrap_or_default();
    let deck = blocks.next().filter(|deck| *deck != "-");
    let paragraphs: Vec<&str> = blocks.collect();
    site.of(&Words { headline, deck, paragraphs: &paragraphs, place: None })
}

fn names(site: &Topics, story: &str) -> Vec<String> {
    topics(site, story).into_iter().map(|topic| topic.name).collect()
}

fn site(tags: &[&str], aliases: &[(&str, &str)]) -> Topics {
    let aliases = aliases.iter().map(|(written, name)| ((*written).to_owned(), (*name).to_owned()));
    Topics::new(tags.iter().map(|tag| (*tag).to_owned()).collect(), aliases.collect::<BTreeMap<_, _>>())
}
