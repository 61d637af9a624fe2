package io.ikigai.platform.nats;

import io.ikigai.platform.testservers.NatsCluster;
import io.ikigai.platform.testservers.NatsServer;

/**
 * The kinds of NATS that the kit runs on.
 */
enum NatsKind {

	SINGLE {

		@Override
		Opened open() {
			return new Opened(NatsServer.shared().url(), 1, () -> {
			});
		}

	},

	CLUSTER {

		@Override
		Opened open() {
			NatsCluster cluster = new NatsCluster();
			return new Opened(cluster.url(), 3, cluster);
		}

	};

	abstract Opened open();

	/**
	 * One that runs.
	 *
	 * @param url where it is
	 * @param replicas how many replicas to have
	 * @param closed what is closed with it
	 */
	record Opened(String url, int replicas, AutoCloseable closed) implements AutoCloseable {

		String replicasProperty() {
			return "ikigai.nats.replicas=" + this.replicas;
		}

		@Override
		public void close() throws Exception {
			this.closed.close();
		}

	}

}
