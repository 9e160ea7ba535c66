use gerbang_derive::lists;

struct ClientQuery;

#[lists]
impl ClientQuery {
    async fn clients(&self, ctx: &Context<'_>, list: List) -> Result<Connection<Client>> {
        todo!()
    }
}

fn main() {}
