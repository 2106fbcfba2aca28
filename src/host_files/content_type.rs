//! A file name → the content type of files that news sites publish.

/// Feeds have these names by convention, and readers require their types.
const FEEDS: [(&str, &str); 3] = [
    ("rss.xml", "application/rss+xml"),
    ("atom.xml", "application/atom+xml"),
    ("feed.json", "application/feed+json"),
];

/// The `Content-Type` of a file. Text is UTF-8; JSON is so by definition, and XML declares it.
pub(crate) fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some((_, feed)) = FEEDS.iter().find(|(feed, _)| name.eq_ignore_ascii_case(feed)) {
        return feed;
    }
    if name == "_redirects" || name.ends_with(".nginx.map") {
        return "text/plain; charset=utf-8";
    }
    let extension = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        _ => String::new(),
    };
    match extension.as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "heic" => "image/heic",
        "tif" | "tiff" => "image/tiff",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "ogv" => "video/ogg",
        "webm" => "video/webm",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "oga" | "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "wasm" => "application/wasm",
        "epub" => "application/epub+zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_the_type() {
        for (name, expected) in [
            ("/index.html", "text/html; charset=utf-8"),
            ("PHOTO.JPG", "image/jpeg"),
            ("/a.b/site.min.css", "text/css; charset=utf-8"),
            ("/app.js.map", "application/json"),
            ("/sitemap.xml", "application/xml"),
            ("/x.unknown", "application/octet-stream"),
            ("/CNAME", "application/octet-stream"),
            ("/v1.0/CNAME", "application/octet-stream"),
            ("/.html", "application/octet-stream"),
            ("/html", "application/octet-stream"),
            ("/", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }

    #[test]
    fn feeds_have_their_own_types() {
        assert_eq!(content_type("/rss.xml"), "application/rss+xml");
        assert_eq!(content_type("/world/atom.xml"), "application/atom+xml");
        assert_eq!(content_type("/feed.json"), "application/feed+json");
        assert_eq!(content_type("/feed.xml"), "application/xml");
    }
}
