//! ConfigMap `deploy-manager-requests`: what was answered with 202 and is not done yet.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value as Json, json};

use crate::base::names::{Namespace, ReleaseName};
use crate::helm::engines;
use crate::http::Backend;
use crate::k8s::{Cluster, Error, Object, ObjectRef, WriteOptions};
use crate::release::{self, Summary};
use crate::triggers::requests::{Accepted, Requests, Resync};

/// The ConfigMap's name.
pub const NAME: &str = "deploy-manager-requests";
/// Replicas write it at the same time only by chance.
const MAX_TRIES: usize = 5;
/// A caller waits for its answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The ConfigMap in one namespace. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    cluster: Cluster,
    namespace: Namespace,
}

impl Store {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(cluster: Cluster, namespace: Namespace) -> Self {
        Store { cluster, namespace }
    }
    /// What is asked for.
    ///
    /// # Errors
    /// The API server's.
    pub async fn read(&self) -> Result<Requests, Error> {
        Ok(requests_of(self.cluster.get(&self.target()).await?.as_ref()))
    }
    /// Changes it, guarded by its resourceVersion. `change` may be called several times; where it says `None`, nothing is
    /// written.
    ///
    /// # Errors
    /// The API server's.
    pub async fn change<T>(
        &self,
        mut change: impl FnMut(&mut Requests) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let live = self.cluster.get(&self.target()).await?;
            let mut requests = requests_of(live.as_ref());
            let Some(value) = change(&mut requests) else {
                return Ok(None);
            };
            match self.write(live, requests).await {
                Ok(_) => return Ok(Some(value)),
                Err(error) if tries < MAX_TRIES && (error.is_conflict() || error.is_already_exists()) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn write(&self, live: Option<Object>, requests: Requests) -> Result<Object, Error> {
        let data = json!(requests.into_data());
        let options = WriteOptions::default();
        match live {
            Some(mut live) => {
                live["data"] = data;
                self.cluster.replace(&live, &options).await
            }
            None => {
                let metadata = json!({"name": NAME, "namespace": self.namespace.as_str()});
                let new =
                    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data});
                self.cluster.create(&new, &options).await
            }
        }
    }

    fn target(&self) -> ObjectRef {
        ObjectRef::new("v1", "ConfigMap", NAME).in_namespace(self.namespace.as_str())
    }
}

fn requests_of(live: Option<&Object>) -> Requests {
    let data = live.and_then(|live| live.get("data")).and_then(Json::as_object);
    let text = |(key, value): (&String, &Json)| Some((key.clone(), value.as_str()?.to_owned()));
    Requests::from_data(
        data.map(|data| data.iter().filter_map(text).collect::<BTreeMap<_, _>>())
            .unwrap_or_default(),
    )
}

impl Backend for Store {
    fn ask_resync(&self, resync: Resync) -> BoxFuture<'_, Result<Accepted, String>> {
        async move {
            let asked = self.change(|requests| Some(requests.ask(&resync)));
            let object = format!("ConfigMap {}/{NAME}", self.namespace);
            match tokio::time::timeout(WRITE_TIMEOUT, asked).await {
                Ok(Ok(Some(accepted))) => Ok(accepted),
                Ok(Ok(None)) => Err(format!("{object} was not written")),
                Ok(Err(error)) => Err(format!("writing {object}: {error}")),
                Err(_) => Err(format!(
                    "writing {object}: no answer within {} s",
                    WRITE_TIMEOUT.as_secs()
                )),
            }
        }
        .boxed()
    }

    fn history(&self, release: ReleaseName) -> BoxFuture<'_, Result<Vec<Summary>, String>> {
        async move {
            let engine = engines::CERTIFIED.first().ok_or("no engine is certified")?;
            let context = release::Context {
                cluster: self.cluster.clone(),
                namespace: self.namespace.clone(),
                driver: release::Driver::Secret,
                engine,
                holder: release::Holder::default(),
                now: jiff::Timestamp::now,
            };
            let observed = release::observe(&context, &release)
                .await
                .map_err(|error| error.to_string())?;
            Ok(observed.history)
        }
        .boxed()
    }
}
