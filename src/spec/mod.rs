//! `cluster.yaml`, parameters, pins, Handlebars value files, validation. Pure.
