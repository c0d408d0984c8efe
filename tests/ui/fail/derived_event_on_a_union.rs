use hobnob::prelude::*;

#[derive(Event)]
union Bits {
    whole: u32,
    float: f32,
}

fn main() {}
