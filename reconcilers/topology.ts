import type { Aws } from "../src/aws/aws.ts";
import type { Facts } from "../src/aws/facts.ts";
import { Graph } from "../src/engine/graph.ts";
import { namesOf, type Names } from "../src/config/naming.ts";
import type { Stack } from "../src/config/stack.ts";
import { balancer } from "./balancer.ts";
import { compute } from "./compute.ts";
import { delivery } from "./delivery.ts";
import { edge } from "./edge.ts";
import { Layer } from "./layer.ts";
import { network } from "./network.ts";
import { observability } from "./observability.ts";
import { outputs, type Outputs } from "./outputs.ts";
import { registry } from "./registry.ts";
import { scaling } from "./scaling.ts";
import { security } from "./security.ts";

/** Every resource of a stack, and the outputs that a user asks for. */
export interface Topology {
  readonly graph: Graph<Aws>;
  readonly outputs: Outputs;
}

/** Writes a stack down as a graph of resources, layer by layer. Nothing is asked of AWS here. */
export function topology(stack: Stack, facts: Facts, names: Names = namesOf(stack, facts.account)): Topology {
  const graph = new Graph<Aws>();
  const layer = (name: string) => new Layer(name, graph, stack, names, facts);

  const net = network(layer("network"));
  const sec = security(layer("security"), net);
  const reg = registry(layer("registry"));
  const obs = observability(layer("observability"));
  const bal = balancer(layer("balancer"), net, sec);
  const com = compute(layer("compute"), {
    network: net,
    security: sec,
    registry: reg,
    balancer: bal,
    observability: obs,
  });
  scaling(layer("scaling"), com);
  const edg = edge(layer("edge"), bal);
  const del = delivery(layer("delivery"), sec, obs);

  return { graph, outputs: outputs({ net, reg, bal, com, edg, del }) };
}
