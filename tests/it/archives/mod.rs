//! Archives of other generators move in.

mod agencies;
mod front;
mod generators;
mod html;
mod hugo;
mod marks;
mod report;
mod site;
mod weblogs;
