// The output of attention_combine as floats.
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

/// Four dims of a row, those of one lane.
fn store_dims(row: u32, lane: u32, values: vec4f) { y[row * (DH / 4u) + lane] = values; }
