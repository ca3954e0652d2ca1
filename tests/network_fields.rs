//! T2 to T5 and T8 of svi.md §4 on whole networks: what the two fields of the desktop's models are.

mod support;

#[path = "network_fields/adjoint.rs"]
mod adjoint;
#[path = "network_fields/draws.rs"]
mod draws;
#[path = "network_fields/graphs.rs"]
mod graphs;
#[path = "network_fields/joint.rs"]
mod joint;
#[path = "network_fields/last_layer.rs"]
mod last_layer;
#[path = "network_fields/networks.rs"]
mod networks;
#[path = "network_fields/threads.rs"]
mod threads;
#[path = "network_fields/whole.rs"]
mod whole;
