export const SITE_TITLE = "The Lantern";
export const SITE_DESCRIPTION = "Light on the harbour";
