//! What a selection costs.

/// What a selection set costs, and the field's own place in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Fields inside each other.
    pub depth: u64,
    /// Aliases.
    pub aliases: u64,
    /// Fields that are answered once.
    pub fields: u64,
    /// Fields inside lists, which a connection answers once for each row of its page.
    pub items: u64,
    /// Looks at the whole schema.
    pub schemas: u64,
    pub(super) nesting: u64,
    pub(super) introspection_lists: u64,
    pub(crate) introspects: bool,
}

impl Cost {
    /// Fields of the answer at most.
    pub const fn complexity(self) -> u64 {
        self.fields.saturating_add(self.items)
    }

    /// Both selections beside each other.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            fields: self.fields.saturating_add(other.fields),
            items: self.items.saturating_add(other.items),
            schemas: self.schemas.saturating_add(other.schemas),
            nesting: self.nesting.max(other.nesting),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            introspects: self.introspects || other.introspects,
        }
    }

    pub(super) fn one_level_down(self) -> Self {
        Self { nesting: self.nesting + 1, ..self }
    }
}
