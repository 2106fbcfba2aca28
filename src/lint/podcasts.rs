//! A story → whether directories of podcasts take the file of its episode.

use crate::content::{Article, Medium, Recording, place_of_value};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::plan::is_episode;

/// The types of files that Apple takes (podcasters.apple.com/support/893-audio-requirements), as bulletin names them.
const TAKEN: [&str; 4] = ["audio/mpeg", "audio/mp4", "video/mp4", "video/quicktime"];

/// A warning for an episode in a format that few players know.
pub(super) fn check(edition: &Edition, article: &Article) -> Option<Diagnostic> {
    let recording = article.front.recordings().next().filter(|recording| !is_taken(recording))?;
    if !is_episode(&edition.config, article) {
        return None;
    }
    let src = &recording.src;
    let message = format!("few players of podcasts support the format of `{src}`");
    Some(
        Diagnostic::warning("podcast/format", message)
            .at(place_of_value(&edition.content, article, src))
            .help("save sound as MP3 or M4A, and film as MP4"),
    )
}

fn is_taken(recording: &Recording) -> bool {
    Medium::of(&recording.src).is_some_and(|(_, media_type)| TAKEN.contains(&media_type))
}
