//! Photographs as cameras and telephones write them.
