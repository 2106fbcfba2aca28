//! The pictures of all stories → those that are in several files, and those that have several credits.
//!
//! Pictures that look alike have perceptual hashes that differ in few bits. Comparing all pairs of an archive's pictures would take hours, so
//! hashes are looked up by their parts ([`Alike`]).

use std::collections::HashMap;

use super::pictures::{BLURRED, FactsOf, credit};
use crate::content::{Article, ArticleId, Asset, place_of_asset};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::pictures::SourceHash;

/// A picture of a story.
#[derive(Clone, Copy)]
struct Shown<'e> {
    article: &'e Article,
    asset: &'e Asset,
    hash: SourceHash,
    credit: Option<&'e str>,
    /// The perceptual hash; `None` if it says too little.
    look: Option<u64>,
}

/// Returns a warning for each picture that an earlier story has in another file or with another credit.
pub(super) fn check(
    edition: &Edition,
    ids: impl Iterator<Item = ArticleId>,
    facts_of: FactsOf<'_>,
) -> Vec<Diagnostic> {
    let mut articles: Vec<&Article> = ids.map(|id| edition.content.get(id)).collect();
    articles.sort_by_key(|article| (article.front.published_at(), &article.path));
    let shown = articles.into_iter().flat_map(|article| pictures_of(article, facts_of));
    let mut first_of: HashMap<SourceHash, Shown<'_>> = HashMap::new();
    let mut alike = Alike::default();
    let mut seen: Vec<Shown<'_>> = Vec::new();
    let mut problems = Vec::new();
    for picture in shown {
        let same = first_of.get(&picture.hash).copied();
        first_of.entry(picture.hash).or_insert(picture);
        let earlier = same.or_else(|| {
            let index = seen.len();
            let earlier = alike.earlier_or_insert(picture.look?, index)?;
            seen.get(earlier).copied()
        });
        if same.is_none() {
            seen.push(picture);
        }
        problems.extend(earlier.and_then(|earlier| compare(edition, &picture, &earlier)));
    }
    problems
}

/// The pictures of a story that renditions are made of.
fn pictures_of<'e>(article: &'e Article, facts_of: FactsOf<'e>) -> impl Iterator<Item = Shown<'e>> {
    let image = article.front.image.as_deref();
    let lead = image.and_then(|image| article.asset_written(image.src.as_deref()?));
    article.assets.iter().filter_map(move |asset| {
        let hash = asset.source?.hash;
        let facts = facts_of(asset)?.ok()?;
        // Drawings are made from one template, and plain areas all look the same.
        let tells = !facts.is_drawing && !facts.is_animated && facts.sharpness >= BLURRED;
        let look = Some(facts.perceptual_hash).filter(|hash| tells && (8..=56).contains(&hash.count_ones()));
        let image = image.filter(|_| lead == Some(asset));
        Some(Shown { article, asset, hash, credit: credit(image, Some(asset)), look })
    })
}

/// Compares a picture with one that looks the same and came earlier.
fn compare(edition: &Edition, picture: &Shown<'_>, earlier: &Shown<'_>) -> Option<Diagnostic> {
    let place = |shown: &Shown<'_>| place_of_asset(&edition.content, shown.article, &shown.asset.reference);
    let name = &picture.asset.reference;
    let is_same_language = picture.article.front.lang == earlier.article.front.lang;
    let credits = picture.credit.zip(earlier.credit).filter(|_| is_same_language);
    let differing = credits.filter(|(one, other)| plain(one) != plain(other));
    let problem = match differing {
        Some((own, other)) => {
            let message = format!(
                "the picture `{name}` has the credit “{own}” here, but “{other}” in an earlier story"
            );
            Diagnostic::warning("image/other-credit", message).help("correct the one that is wrong")
        }
        // A translation has the pictures of its original.
        None if picture.hash == earlier.hash || !is_same_language => return None,
        None => {
            let other = &earlier.asset.reference;
            let message = format!("the picture `{name}` looks like `{other}`, which came earlier");
            Diagnostic::warning("image/duplicate", message)
                .help("use the path of that file if the pictures are the same, so that readers load it once")
        }
    };
    Some(problem.at(place(picture)).also("the earlier picture", place(earlier)))
}

/// The letters and digits of a credit: `Photo: A. Doe/Herald` is `photo a doe herald`.
fn plain(credit: &str) -> String {
    let words = credit.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The most bits in which hashes of pictures that look alike differ.
const FEW_BITS: u32 = 6;
/// The parts of a hash, of eight bits each. Hashes that differ in six bits agree in at least two parts.
const PARTS: usize = 8;

/// Two parts of a hash: which ones, and their bits.
type Key = (usize, usize, u8, u8);

/// Perceptual hashes by each pair of their parts: 16 bits, which few hashes share by chance.
#[derive(Default)]
struct Alike {
    by_hash: HashMap<u64, usize>,
    by_parts: HashMap<Key, Vec<(u64, usize)>>,
}

impl Alike {
    /// The first index whose hash is alike, else `None`, after inserting this one.
    fn earlier_or_insert(&mut self, hash: u64, index: usize) -> Option<usize> {
        if let Some(same) = self.by_hash.get(&hash) {
            return Some(*same);
        }
        let keys: Vec<_> = keys(hash).collect();
        let near = keys.iter().filter_map(|key| self.by_parts.get(key)).flatten();
        let near = near.filter(|(other, _)| (hash ^ other).count_ones() <= FEW_BITS);
        let earlier = near.map(|(_, index)| *index).min();
        self.by_hash.insert(hash, earlier.unwrap_or(index));
        if earlier.is_none() {
            keys.into_iter().for_each(|key| self.by_parts.entry(key).or_default().push((hash, index)));
        }
        earlier
    }
}

/// The pairs of parts of a hash: which parts, and their bits.
fn keys(hash: u64) -> impl Iterator<Item = Key> {
    let parts: [u8; PARTS] = hash.to_le_bytes();
    let pairs = (0..PARTS).flat_map(|one| (one + 1..PARTS).map(move |other| (one, other)));
    pairs.map(move |(one, other)| (one, other, parts[one], parts[other]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence of numbers that look random.
    fn random(count: u64) -> impl Iterator<Item = u64> {
        (1..=count).map(|number| {
            let bytes = *blake3::hash(&number.to_le_bytes()).as_bytes();
            u64::from_le_bytes([
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
            ])
        })
    }

    #[test]
    fn hashes_that_differ_in_six_bits_are_found_wherever_the_bits_are() {
        for (index, hash) in random(400).enumerate() {
            let mut alike = Alike::default();
            assert_eq!(alike.earlier_or_insert(hash, 0), None);
            let mut bits: Vec<u32> = random(index as u64 + 6).map(|bit| (bit % 64) as u32).collect();
            bits.reverse();
            bits.dedup();
            let near = bits.iter().take(6).fold(hash, |hash, bit| hash ^ (1 << bit));
            assert_eq!(alike.earlier_or_insert(near, 1), Some(0), "{hash:x} {near:x}");
        }
        let mut alike = Alike::default();
        assert_eq!(alike.earlier_or_insert(0xf0f0, 0), None);
        assert_eq!(alike.earlier_or_insert(0xf0f0 ^ 0b111_1111, 1), None, "seven bits");
    }

    #[test]
    fn many_pictures_are_compared_with_few_others() {
        let mut alike = Alike::default();
        for (index, hash) in random(20_000).enumerate() {
            assert_eq!(alike.earlier_or_insert(hash, index), None);
        }
        let pairs: usize = alike.by_parts.values().map(|bucket| bucket.len() * bucket.len()).sum();
        assert!(pairs < 20_000 * 28 * 2, "{pairs} comparisons");
    }

    #[test]
    fn a_credit_is_the_same_with_other_punctuation() {
        assert_eq!(plain("Photo: A. Doe/Herald"), plain("photo A Doe / Herald"));
        assert_ne!(plain("A. Doe"), plain("B. Doe"));
    }
}
