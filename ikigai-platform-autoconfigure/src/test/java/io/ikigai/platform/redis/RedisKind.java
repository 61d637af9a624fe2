package io.ikigai.platform.redis;

import java.net.URI;
import java.util.List;

import io.ikigai.platform.testservers.RedisCluster;
import io.ikigai.platform.testservers.RedisServer;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The kinds of Redis that the compatibility kit runs on.
 */
enum RedisKind {

	/** One server. */
	SERVER,

	/** Three masters. */
	CLUSTER;

	String url() {
		return (this == SERVER) ? RedisServer.shared().url() : RedisCluster.shared().url();
	}

	/**
	 * Opens connections of the test's own.
	 */
	LettuceConnectionFactory connections() {
		if (this == SERVER) {
			return connections(RedisServer.shared());
		}
		RedisClusterConfiguration cluster = new RedisClusterConfiguration(
				List.of("127.0.0.1:" + RedisCluster.shared().ports().get(0)));
		cluster.setPassword(RedisCluster.shared().password());
		return started(new LettuceConnectionFactory(cluster));
	}

	/**
	 * Opens connections of the test's own to a server.
	 */
	static LettuceConnectionFactory connections(RedisServer redis) {
		URI url = URI.create(redis.url());
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(url.getHost(), url.getPort());
		server.setPassword(redis.password());
		return started(new LettuceConnectionFactory(server));
	}

	private static LettuceConnectionFactory started(LettuceConnectionFactory connections) {
		connections.afterPropertiesSet();
		connections.start();
		return connections;
	}

}
