import { defineCollection } from "astro:content";
import { glob } from "astro/loaders";

const news = defineCollection({ loader: glob({ base: "./src/content/news", pattern: "**/*.{md,mdx}" }) });

export const collections = { news };
