//! A Go struct with named fields, or a pointer to one.

use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

use crate::golang::func::Method;
use crate::golang::value::Object;
use crate::golang::{Str, Value};

/// One field: its Go name, its name in JSON, and whether JSON leaves it out when it is empty.
#[derive(Clone)]
pub struct Field {
    pub go: &'static str,
    pub json: &'static str,
    pub omit_empty: bool,
    pub value: Value,
}

impl Field {
    /// A field that JSON knows under another name and leaves out when it is empty.
    pub fn optional(go: &'static str, json: &'static str, value: impl Into<Value>) -> Self {
        Field {
            go,
            json,
            omit_empty: true,
            value: value.into(),
        }
    }
    /// A field without JSON tag.
    pub fn plain(go: &'static str, value: impl Into<Value>) -> Self {
        Field {
            go,
            json: go,
            omit_empty: false,
            value: value.into(),
        }
    }
}

/// A struct.
pub struct Record {
    pub type_name: &'static str,
    pub is_pointer: bool,
    pub fields: Vec<Field>,
    /// A struct embedded under this name: its fields are fields of this one, too.
    pub embedded: Option<(&'static str, Rc<Record>)>,
    /// Fields that printing shows and nothing else.
    pub unexported: &'static [&'static str],
    pub methods: &'static [Method],
    /// What only a bare `{{ x }}` prints.
    pub printed: Option<Str>,
}

impl Record {
    /// A struct without methods.
    pub fn new(type_name: &'static str, fields: Vec<Field>) -> Self {
        Record {
            type_name,
            is_pointer: false,
            fields,
            embedded: None,
            unexported: &[],
            methods: &[],
            printed: None,
        }
    }
    /// A pointer to such a struct.
    pub fn pointer(type_name: &'static str, fields: Vec<Field>) -> Self {
        Record {
            is_pointer: true,
            ..Record::new(type_name, fields)
        }
    }
    fn is_exported(&self, field: &Field) -> bool {
        !self.unexported.contains(&field.go)
    }
    fn json_into(&self, fields: &mut Vec<(&'static str, Value)>) {
        if let Some((_, embedded)) = &self.embedded {
            embedded.json_into(fields);
        }
        for field in self.fields.iter().filter(|field| self.is_exported(field)) {
            if !field.omit_empty || field.value.is_true() {
                fields.push((field.json, field.value.clone()));
            }
        }
    }
}

impl Object for Record {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.type_name)
    }
    fn is_pointer(&self) -> bool {
        self.is_pointer
    }
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut fields = self.shown_fields();
        fields.retain(|(name, _)| !self.unexported.contains(name));
        fields
    }
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        let embedded = self.embedded.iter().map(|(name, record)| {
            let inner: Rc<dyn Object> = Rc::<Record>::clone(record);
            (*name, Value::Object(inner))
        });
        let own = self.fields.iter().map(|field| (field.go, field.value.clone()));
        embedded.chain(own).collect()
    }
    fn field(&self, name: &str) -> Option<Value> {
        if let Some(field) = self.fields.iter().find(|field| field.go == name) {
            return self.is_exported(field).then(|| field.value.clone());
        }
        let (embedded_name, record) = self.embedded.as_ref()?;
        if *embedded_name == name {
            let inner: Rc<dyn Object> = Rc::<Record>::clone(record);
            return Some(Value::Object(inner));
        }
        record.field(name)
    }
    fn methods(&self) -> &'static [Method] {
        self.methods
    }
    fn unaddressed(&self) -> Option<Value> {
        self.printed.as_ref()?;
        let fields = self.fields.clone();
        Some(Value::object(Record {
            embedded: self.embedded.clone(),
            unexported: self.unexported,
            ..Record::new(self.type_name, fields)
        }))
    }
    fn printed(&self) -> Option<Str> {
        self.printed.clone()
    }
    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let mut fields = Vec::new();
        self.json_into(&mut fields);
        Some(fields)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
