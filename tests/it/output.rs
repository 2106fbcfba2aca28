//! The output folder, whatever somebody did to it between builds.
