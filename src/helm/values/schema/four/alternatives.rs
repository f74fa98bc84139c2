//! `not`, `allOf`, `anyOf`, `oneOf` and `if`.

use serde_json::Value as Json;

use super::check::{Checker, Visit};

impl<'s> Checker<'s> {
    pub(super) fn combined(&mut self, visit: &mut Visit<'s, '_>) {
        let fields = visit.fields;
        if let Some(not) = fields.get("not")
            && self.same(not, visit).is_ok()
        {
            visit.add("'not' failed");
        }
        let list = |key: &str| {
            let list = fields.get(key).and_then(Json::as_array);
            list.filter(|list| !list.is_empty())
        };
        if let Some(schemas) = list("allOf") {
            let reasons: Vec<_> = schemas
                .iter()
                .filter_map(|schema| self.same(schema, visit).err())
                .collect();
            if !reasons.is_empty() {
                visit.add_with("'allOf' failed", reasons);
            }
        }
        if let Some(schemas) = list("anyOf") {
            self.any_of(schemas, visit);
        }
        if let Some(schemas) = list("oneOf") {
            self.one_of(schemas, visit);
        }
        if let Some(condition) = fields.get("if").filter(|_| self.year >= 7) {
            let branch = match self.same(condition, visit) {
                Ok(()) => fields.get("then"),
                Err(_) => fields.get("else"),
            };
            let judged = branch.map_or(Ok(()), |branch| self.same(branch, visit));
            visit.found.extend(judged.err());
        }
    }

    fn any_of(&mut self, schemas: &'s [Json], visit: &mut Visit<'s, '_>) {
        let (mut reasons, mut is_matched) = (Vec::new(), false);
        for schema in schemas {
            match self.same(schema, visit) {
                Err(reason) => reasons.push(reason),
                Ok(()) => {
                    is_matched = true;
                    // The others count only where somebody asks what they look at.
                    if visit.unseen.is_empty() {
                        break;
                    }
                }
            }
        }
        if !is_matched {
            visit.add_with("'anyOf' failed", reasons);
        }
    }

    fn one_of(&mut self, schemas: &'s [Json], visit: &mut Visit<'s, '_>) {
        let (mut reasons, mut matched) = (Vec::new(), None);
        for (index, schema) in schemas.iter().enumerate() {
            match (self.same(schema, visit), matched) {
                (Err(reason), None) => reasons.push(reason),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(index),
                (Ok(()), Some(first)) => {
                    visit.add(format!("'oneOf' failed, subschemas {first}, {index} matched"));
                    break;
                }
            }
        }
        if matched.is_none() {
            visit.add_with("'oneOf' failed, none matched", reasons);
        }
    }
}
