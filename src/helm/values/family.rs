//! The charts of a render as Go's pointers hold them while dependencies are processed.
//!
//! Helm copies a chart that gets an alias, but not everything below it: what is shared between copies, and which chart
//! an object takes for its parent, is visible in template names and imported values. So objects have an identity here.
//! Source: helm `pkg/chartutil/dependencies.go` (`getAliasDependency`), v3.17; `pkg/chart/v2/util/dependencies.go`, v4.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::helm::chart::{Chart, Dependency};

/// A declared dependency; copies of a chart may share it.
pub(super) struct Declared {
    pub dependency: Dependency,
    /// Its imports have been done: what stands there now is of a form that is passed over the next time.
    pub is_imported: bool,
}

pub(super) type SharedDeclared = Rc<RefCell<Declared>>;

/// A chart object.
pub(super) struct Member {
    source: Arc<Chart>,
    pub name: String,
    /// The chart's own defaults.
    pub values: Option<Rc<JsonMap<String, Json>>>,
    /// None where nothing is declared: then Helm leaves the object alone.
    pub declared: Option<Vec<SharedDeclared>>,
    parent: Option<usize>,
    pub children: Vec<usize>,
}

/// All chart objects; the first one is the top chart.
pub(super) struct Family {
    members: Vec<Member>,
    /// An aliased chart gets its own copies of what it declares and of the charts directly below it (since v4.0).
    copies_deeply: bool,
}

/// The top chart.
pub(super) const TOP: usize = 0;

impl Family {
    pub(super) fn new(chart: &Arc<Chart>, copies_deeply: bool) -> Self {
        let mut family = Family {
            members: Vec::new(),
            copies_deeply,
        };
        family.add(chart, None);
        family
    }

    fn add(&mut self, chart: &Arc<Chart>, parent: Option<usize>) -> usize {
        let at = self.members.len();
        let declared = |dependency: &Dependency| {
            Rc::new(RefCell::new(Declared {
                dependency: dependency.clone(),
                is_imported: false,
            }))
        };
        let dependencies = &chart.metadata.dependencies;
        self.members.push(Member {
            source: Arc::clone(chart),
            name: chart.metadata.name.clone(),
            values: chart.values.clone().map(Rc::new),
            declared: (!dependencies.is_empty()).then(|| dependencies.iter().map(declared).collect()),
            parent,
            children: Vec::new(),
        });
        let children = chart.dependencies.iter();
        let children = children.map(|child| self.add(child, Some(at))).collect();
        self.members[at].children = children;
        at
    }

    pub(super) fn get(&self, at: usize) -> &Member {
        &self.members[at]
    }

    pub(super) fn get_mut(&mut self, at: usize) -> &mut Member {
        &mut self.members[at]
    }

    /// The version that the chart itself says.
    pub(super) fn version(&self, at: usize) -> &str {
        &self.members[at].source.metadata.version
    }

    /// `SetDependencies`: the children know their parent.
    pub(super) fn adopt(&mut self, at: usize, children: Vec<usize>) {
        for child in &children {
            self.members[*child].parent = Some(at);
        }
        self.members[at].children = children;
    }

    /// A copy under an alias, if there is one.
    pub(super) fn copy(&mut self, at: usize, alias: &str) -> usize {
        let copy = self.shallow(at);
        if !alias.is_empty() {
            alias.clone_into(&mut self.members[copy].name);
        }
        if self.copies_deeply {
            let declared = self.members[copy].declared.as_ref();
            let declared = declared.map(|all| all.iter().map(separate).collect());
            self.members[copy].declared = declared;
            let children = self.members[copy].children.clone();
            let children = children.into_iter().map(|child| self.shallow(child)).collect();
            self.adopt(copy, children);
        }
        copy
    }

    fn shallow(&mut self, at: usize) -> usize {
        let from = &self.members[at];
        let copy = Member {
            source: Arc::clone(&from.source),
            name: from.name.clone(),
            values: from.values.clone(),
            declared: from.declared.clone(),
            parent: from.parent,
            children: from.children.clone(),
        };
        self.members.push(copy);
        self.members.len() - 1
    }

    /// `ChartFullPath`: by the names of those that the object takes for its parents.
    fn path(&self, at: usize) -> String {
        let member = &self.members[at];
        match member.parent {
            Some(parent) => format!("{}/charts/{}", self.path(parent), member.name),
            None => member.name.clone(),
        }
    }

    /// The chart that the objects have become.
    pub(super) fn chart(&self, at: usize) -> Arc<Chart> {
        self.chart_below(at, &self.path(at))
    }

    /// `natural`: the path by the place where it stands.
    fn chart_below(&self, at: usize, natural: &str) -> Arc<Chart> {
        let member = &self.members[at];
        let path = self.path(at);
        let children: Vec<Arc<Chart>> = member
            .children
            .iter()
            .map(|child| {
                let natural = format!("{path}/charts/{}", self.members[*child].name);
                self.chart_below(*child, &natural)
            })
            .collect();
        let source = &member.source;
        let has_same_children = children.len() == source.dependencies.len()
            && children
                .iter()
                .zip(&source.dependencies)
                .all(|(a, b)| Arc::ptr_eq(a, b));
        let is_untouched = source.metadata.dependencies.is_empty() && source.metadata.name == member.name;
        if is_untouched && has_same_children && path == natural {
            return Arc::clone(source);
        }
        let mut chart = Chart::clone(source);
        chart.metadata.name.clone_from(&member.name);
        let declared = member.declared.iter().flatten();
        chart.metadata.dependencies = declared.map(|one| one.borrow().dependency.clone()).collect();
        chart.values = member.values.as_deref().cloned();
        chart.dependencies = children;
        chart.path = (path != natural).then_some(path);
        Arc::new(chart)
    }
}

fn separate(shared: &SharedDeclared) -> SharedDeclared {
    let declared = shared.borrow();
    Rc::new(RefCell::new(Declared {
        dependency: declared.dependency.clone(),
        is_imported: declared.is_imported,
    }))
}
