//! Choices in configuration files: a name alone where its defaults will do, or a name with options.
//!
//! `"adam"` and `{ adam = { beta1 = 0.8 } }` are both an update.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor};

/// Reads an enum either way; for `#[serde(deserialize_with)]`.
pub(crate) fn choice<'de, D, C>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    C: DeserializeOwned,
{
    deserializer.deserialize_any(Choice(PhantomData))
}

struct Choice<C>(PhantomData<C>);

impl<'de, C: DeserializeOwned> Visitor<'de> for Choice<C> {
    type Value = C;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name, or { name = { options } }")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<C, E> {
        C::deserialize(StrDeserializer::<E>::new(name)).or_else(|_| {
            let options = BTreeMap::<String, u8>::new();
            let map = MapDeserializer::<_, E>::new(std::iter::once((name, options)));
            C::deserialize(MapAccessDeserializer::new(map))
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<C, A::Error> {
        C::deserialize(MapAccessDeserializer::new(map))
    }
}
