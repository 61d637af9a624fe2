package io.ikigai.platform.postgres;

import java.io.IOException;

import io.ikigai.platform.testing.TcpProxy;
import io.ikigai.platform.testservers.PostgresDatabase;

/**
 * A network between an agent and its database that can lose connections without a word,
 * as a router does that has forgotten them.
 */
final class SwallowingNetwork implements AutoCloseable {

	private final PostgresDatabase target;

	private final TcpProxy proxy;

	SwallowingNetwork(PostgresDatabase target) throws IOException {
		this.target = target;
		this.proxy = TcpProxy.to(target.url());
	}

	/**
	 * The database as it is reached through this network.
	 */
	PostgresDatabase database() {
		return new PostgresDatabase(this.proxy.through(this.target.url()), this.target.username(),
				this.target.password());
	}

	/**
	 * From now on nothing comes through over the connections that there are, and neither
	 * end is told. New ones work.
	 */
	void swallow() {
		this.proxy.silence();
	}

	@Override
	public void close() throws IOException {
		this.proxy.close();
	}

}
