//! Jekyll, Pelican, Eleventy, Astro and Hexo move in.
