//! Archives of other generators move in.

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
