//! The sound and film of a story → what readers may see of them.

use super::links::{asset_url, file_url};
use crate::content::markdown::{Player, Track, Written, classify};
use crate::content::{Article, ArticleId, Asset, Medium, Recording, companions_of, language_of_captions};
use crate::edition::Edition;
use crate::plan::middling;

/// Languages with their own names, for the menus of players. Others are shown by their tags.
const LANGUAGES: [(&str, &str); 28] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hu", "Magyar"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sq", "Shqip"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh", "中文"),
];

/// Sound or film that leads a story.
#[derive(Clone, Debug)]
pub struct RecordingView<'a> {
    /// Its file, poster and captions.
    pub player: Player,
    /// The media type.
    pub media_type: &'static str,
    /// The size of the file in bytes, if it is on this site beside the story.
    pub length: Option<u64>,
    /// What it is.
    pub title: Option<&'a str>,
    /// How long it is in seconds, if known.
    pub duration: Option<u32>,
    /// The path or URL of a file or page with its text.
    pub transcript: Option<String>,
    /// The season of a podcast that it is part of.
    pub season: Option<u32>,
    /// Its number in the podcast or the season.
    pub episode: Option<u32>,
}

impl<'a> RecordingView<'a> {
    /// A recording of a story. `None` if there is no such file or readers must not see it.
    pub(super) fn new(edition: &'a Edition, id: ArticleId, recording: &'a Recording) -> Option<Self> {
        let article = edition.content.get(id);
        let (_, media_type) = Medium::of(&recording.src)?;
        let own = player(edition, id, &recording.src)?;
        let url = |written: &str| file_url(edition, id, written);
        let poster = recording.poster.as_deref().and_then(|written| {
            let (own, size) = url(written)?;
            let asset = article.asset_written(written);
            Some((asset.and_then(|asset| poster_url(edition, id, asset)).unwrap_or(own), size))
        });
        let language = language_of(edition, article);
        let written = recording.captions.iter().filter_map(|written| {
            let of_name = language_of_captions(written).unwrap_or(language);
            Some(track(url(written)?.0, of_name, language))
        });
        let tracks = first_is_default(written.collect());
        let facts = article.asset_written(&recording.src).and_then(|asset| asset.recording.as_deref());
        let size = own.size.or_else(|| poster.as_ref().and_then(|(_, size)| *size));
        Some(Self {
            media_type,
            length: facts.map(|facts| facts.length),
            title: recording.title.as_deref(),
            duration: recording.duration.or_else(|| facts.and_then(|facts| facts.duration)),
            transcript: recording.transcript.as_deref().and_then(url).map(|(url, _)| url),
            season: recording.season,
            episode: recording.episode,
            player: Player {
                poster: poster.map(|(url, _)| url).or(own.poster),
                size,
                tracks: if tracks.is_empty() { own.tracks } else { tracks },
                ..own
            },
        })
    }
}

/// The player of a recording that an article names, with the poster and the captions beside it that readers may see. `None` if there is
/// no such file or readers must not see it.
pub fn player(edition: &Edition, id: ArticleId, written: &str) -> Option<Player> {
    let (src, _) = file_url(edition, id, written)?;
    let player = Player::without_companions(&src).or_else(|| {
        // A file from elsewhere may have another name beside the page.
        Some(Player { src: src.clone(), ..Player::without_companions(written)? })
    })?;
    let Written::File(reference) = classify(written) else { return Some(player) };
    let article = edition.content.get(id);
    let language = language_of(edition, article);
    let (poster, captions) = companions_of(article, &reference);
    let tracks = captions.into_iter().filter_map(|(asset, of_name)| {
        Some(track(asset_url(edition, id, asset)?, of_name.as_deref().unwrap_or(language), language))
    });
    let facts = article.asset(&reference).and_then(|asset| asset.recording.as_deref());
    let size = facts.and_then(|facts| facts.size).or_else(|| poster.and_then(|poster| poster.size));
    let poster = poster.and_then(|poster| poster_url(edition, id, poster));
    Some(Player {
        poster,
        size: size.filter(|_| player.medium == Medium::Video),
        tracks: first_is_default(tracks.collect()),
        ..player
    })
}

/// The path of a poster: as `poster` takes one URL, a rendition of middling width if the picture is wide. `None` if readers must not see it.
fn poster_url(edition: &Edition, id: ArticleId, asset: &Asset) -> Option<String> {
    let own = asset_url(edition, id, asset)?;
    let middling = middling(&edition.config.pictures, asset.into());
    Some(middling.map_or(own, |file| edition.plan.urls().path(&file.route)))
}

fn language_of<'a>(edition: &'a Edition, article: &'a Article) -> &'a str {
    article.front.lang.as_deref().unwrap_or(&edition.config.language)
}

/// Captions in a language; those in the language of the story are shown by default.
fn track(src: String, language: &str, of_story: &str) -> Track {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let known = LANGUAGES.iter().find(|(tag, _)| *tag == primary(language));
    Track {
        src,
        language: language.to_owned(),
        label: known.map_or_else(|| language.to_owned(), |(_, name)| (*name).to_owned()),
        is_default: primary(language) == primary(of_story),
    }
}

/// Moves the default captions to the front: HTML allows one.
fn first_is_default(mut tracks: Vec<Track>) -> Vec<Track> {
    tracks.sort_by_key(|track| !track.is_default);
    tracks.iter_mut().skip(1).for_each(|track| track.is_default = false);
    tracks
}
