//! Release records as Helm stores them: schema, encoding, labels.
