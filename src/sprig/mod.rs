//! The template functions of sprig, one file per family. Pure.
