//! The tables of gerbang.
