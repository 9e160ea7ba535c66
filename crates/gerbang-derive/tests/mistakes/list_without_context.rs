use gerbang_derive::lists;

struct ClientQuery;

#[lists]
impl ClientQuery {
    async fn clients(&self, #[list] list: List) -> Result<Connection<Client>> {
        todo!()
    }
}

fn main() {}
