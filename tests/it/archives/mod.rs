//! Imports archives of other generators.

mod agencies;
mod copies;
mod front;
mod generators;
mod html;
mod hugo;
mod marks;
mod report;
mod site;
mod weblogs;
