//! The size of an SVG.

/// Width and height of an SVG in CSS pixels, from its attributes or its `viewBox`.
pub(super) fn size(head: &str) -> Option<(u32, u32)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(head);
    loop {
        let tag = match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => return None,
            _ => continue,
        };
        if tag.local_name().as_ref() != "svg" {
            return None;
        }
        let value = |name: &str| {
            let attribute = tag.try_get_attribute(name).ok().flatten()?;
            Some(attribute.value.into_owned())
        };
        let pixels = |text: String| text.trim().trim_end_matches("px").parse::<f64>().ok();
        if let (Some(width), Some(height)) =
            (value("width").and_then(pixels), value("height").and_then(pixels))
        {
            return whole(width, height);
        }
        let view_box: Vec<f64> =
            value("viewBox")?.split([' ', ',']).filter_map(|number| number.trim().parse().ok()).collect();
        return match view_box[..] {
            [_, _, width, height] => whole(width, height),
            _ => None,
        };
    }
}

fn whole(width: f64, height: f64) -> Option<(u32, u32)> {
    let fits = |side: f64| (1.0..=100_000.0).contains(&side).then(|| side.round() as u32);
    Some((fits(width)?, fits(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_comes_from_the_attributes_or_the_view_box() {
        assert_eq!(
            size("<?xml version='1.0'?><!-- x --><svg width='640px' height=\"360\">"),
            Some((640, 360))
        );
        assert_eq!(size("<svg viewBox='0 0 16 9'/>"), Some((16, 9)));
        assert_eq!(size("<svg width='100%' viewBox='0,0,16,9'/>"), Some((16, 9)));
        assert_eq!(size("<html/>"), None);
        assert_eq!(size("<svg"), None);
        // A file that is being saved.
        for nothing in ["", "<!-- a -->", "text"] {
            assert_eq!(size(nothing), None, "{nothing}");
        }
    }
}
