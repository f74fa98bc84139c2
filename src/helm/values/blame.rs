//! Which values file or flag is to blame, and where in it: for people, after Helm's text is known.

use super::layers;
use crate::golang::yaml;
use crate::helm::engines::Engine;
use crate::helm::render::Layer;

/// Longer flags are not searched for the place: that takes time of their square.
const MAX_SEARCHED_BYTES: usize = 2048;

/// A place in a values file or flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blamed {
    /// The file's name, or the flag (`--set`).
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Bytes from the start of the line; 0 where only the line is known.
    pub column: u32,
    /// The line's text.
    pub text: String,
}

/// The first layer that cannot be read.
pub(super) fn layer(layers: &[Layer], engine: &Engine) -> Option<Blamed> {
    layers.iter().find_map(|layer| match layer {
        Layer::File { name, text } => values_file(name, text),
        Layer::Data(_) | Layer::Unreadable(_) => None,
        Layer::SetJson(text) => flag("--set-json", text, &|text| Layer::SetJson(text), engine),
        Layer::Set(text) => flag("--set", text, &|text| Layer::Set(text), engine),
        Layer::SetString(text) => flag("--set-string", text, &|text| Layer::SetString(text), engine),
        Layer::SetLiteral(text) => flag("--set-literal", text, &|text| Layer::SetLiteral(text), engine),
        Layer::SetFile { text, files } => {
            let layer = |text| Layer::SetFile {
                text,
                files: files.clone(),
            };
            flag("--set-file", text, &layer, engine)
        }
    })
}

fn values_file(name: &str, text: &[u8]) -> Option<Blamed> {
    let error = yaml::values_map(text).err()?;
    let line = error.line?;
    Some(Blamed {
        file: name.to_owned(),
        line,
        column: 0,
        text: line_of(text, line)?,
    })
}

/// A line of a text, counted from 1.
pub(crate) fn line_of(text: &[u8], line: u32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let line = text.split(|byte| *byte == b'\n').nth(index)?;
    Some(String::from_utf8_lossy(line).trim_end_matches('\r').to_owned())
}

/// The place is where the shortest beginning of the flag ends that fails in the same way.
fn flag(name: &str, text: &str, layer: &dyn Fn(String) -> Layer, engine: &Engine) -> Option<Blamed> {
    let fails = |text: &str| layers::merged(&[layer(text.to_owned())], engine).err();
    let error = fails(text)?;
    let mut ends = text.char_indices().map(|(start, _)| start);
    let is_long = text.len() > MAX_SEARCHED_BYTES;
    let place = ends
        .by_ref()
        .skip(1)
        .filter(|_| !is_long)
        .find(|end| fails(&text[..*end]).as_ref() == Some(&error));
    let before = &text[..place.unwrap_or(text.len())];
    let last = before.chars().next_back().map_or(0, char::len_utf8);
    Some(Blamed {
        file: name.to_owned(),
        line: 1,
        column: u32::try_from(before.len() - last).unwrap_or(0),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::engines::HELM_3_17_2;

    #[test]
    fn flags_are_searched_for_the_place() {
        for (text, column) in [("a[x]=1", 3), ("a=1,b", 4), ("ä[x]=1", 4)] {
            let found = layer(&[Layer::Set(text.into())], &HELM_3_17_2).unwrap();
            assert_eq!(
                (found.file.as_str(), found.column),
                ("--set", column),
                "{text}: {found:?}"
            );
        }
        assert_eq!(layer(&[Layer::Set("a=1".into())], &HELM_3_17_2), None);
    }

    #[test]
    fn values_files_are_blamed_with_their_line() {
        let layers = [Layer::File {
            name: "v.yaml".into(),
            text: b"a: 1\nb: [1,\nc: }\n".to_vec(),
        }];
        let found = layer(&layers, &HELM_3_17_2).unwrap();
        assert_eq!((found.file.as_str(), found.text.as_str()), ("v.yaml", "c: }"));
    }
}
