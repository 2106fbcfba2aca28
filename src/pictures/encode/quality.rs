//! The quality of the settings → that of an encoder, so that equal quality looks equally good in every format.
//!
//! Quality is the SSIMULACRA2 score plus 5: 75, the default, scores 70, which is high quality, and 95 scores 90, which the eye cannot tell
//! from the original (github.com/cloudinary/ssimulacra2). The points below were measured as the mean of 15 photographs 640 pixels wide and
//! corrected by half of what the score of 6 of them changes at a width of 1280. For single photographs the standard deviation is 6 at a
//! score of 70 and 3 at 80.

/// What gives a quality with each encoder.
struct Point {
    quality: f32,
    /// Of [`jpeg`](super::jpeg), with its tables and sampling.
    jpeg: f32,
    /// Of [`avif`](super::avif), at its speed.
    avif: f32,
}

const fn point(quality: f32, jpeg: f32, avif: f32) -> Point {
    Point { quality, jpeg, avif }
}

/// In between, the line from point to point is near enough.
const POINTS: [Point; 13] = [
    point(1.0, 8.0, 11.0),
    point(10.0, 9.0, 14.0),
    point(25.0, 12.6, 20.0),
    point(45.0, 19.5, 31.5),
    point(55.0, 26.5, 42.0),
    point(65.0, 38.5, 54.5),
    point(75.0, 60.0, 72.0),
    point(80.0, 73.0, 81.2),
    point(85.0, 83.0, 85.0),
    point(90.0, 91.5, 90.0),
    point(FULL_COLOR as f32 - 1.0, 95.7, 93.0),
    point(FULL_COLOR as f32, 92.0, 94.0),
    point(100.0, 100.0, 100.0),
];

/// From this quality on, JPEG needs fewer bytes if colors are as fine as brightness, with a lower quality of the encoder at first. With colors that
/// are half as fine, it scores 91 at most.
pub(super) const FULL_COLOR: u8 = 94;

/// The quality for the JPEG encoder, from 1 to 100.
pub(super) fn jpeg(quality: u8) -> u8 {
    interpolated(quality, |point| point.jpeg).round().clamp(1.0, 100.0) as u8
}

/// The quality for the AVIF encoder, from 1 to 100.
pub(super) fn avif(quality: u8) -> f32 {
    interpolated(quality, |point| point.avif)
}

fn interpolated(quality: u8, of: impl Fn(&Point) -> f32) -> f32 {
    let quality = f32::from(quality).clamp(1.0, 100.0);
    let segment = POINTS.windows(2).find(|segment| quality <= segment[1].quality);
    let Some([from, to]) = segment else { return 100.0 };
    let part = (quality - from.quality) / (to.quality - from.quality);
    of(from) + part * (of(to) - of(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_met_and_the_rest_lies_between() {
        assert_eq!((jpeg(75), avif(75)), (60, 72.0));
        assert_eq!((jpeg(1), avif(1)), (8, 11.0));
        assert_eq!((jpeg(100), avif(100)), (100, 100.0));
        assert_eq!((jpeg(0), avif(255)), (8, 100.0));
        assert_eq!((jpeg(70), avif(60)), (49, 48.25));
    }

    #[test]
    fn more_quality_is_never_less_for_an_encoder() {
        for quality in 1..100 {
            assert!(avif(quality) < avif(quality + 1), "{quality}");
            assert!(jpeg(quality) <= jpeg(quality + 1) || quality + 1 == FULL_COLOR, "{quality}");
        }
    }
}
