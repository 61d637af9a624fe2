package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import io.ikigai.platform.testservers.InfluxdbServer;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;

/**
 * The servers that one configuration needs, with nothing in them, and its
 * {@code ikigai.conf}.
 */
final class ScenarioServers implements AutoCloseable {

	private final PostgresDatabase database;

	private final Deque<Server> servers = new ArrayDeque<>();

	private final StringBuilder conf = new StringBuilder();

	/**
	 * Starts the servers.
	 */
	ScenarioServers(ScenarioConfiguration configuration) {
		this.conf.append(configuration.section());
		if (configuration == ScenarioConfiguration.POSTGRES) {
			PostgresServer postgres = PostgresServer.dedicated();
			this.servers.push(new Server(postgres::stop, postgres::start, postgres));
			this.database = postgres.freshDatabase();
		}
		else {
			this.database = PostgresServer.shared().freshDatabase();
		}
		add("postgres", libpq(this.database));
		if (configuration.uses("redis")) {
			RedisServer redis = RedisServer.dedicated();
			this.servers.push(new Server(redis::stop, redis::start, redis));
			add("redis", redis.url());
		}
		if (configuration.uses("nats")) {
			NatsServer nats = NatsServer.dedicated();
			this.servers.push(new Server(nats::stop, nats::start, nats));
			add("nats", nats.url());
		}
		if (configuration.uses("rabbitmq")) {
			RabbitmqServer rabbitmq = RabbitmqServer.dedicated();
			this.servers.push(new Server(rabbitmq::stop, rabbitmq::start, rabbitmq));
			add("rabbitmq", rabbitmq.url());
			// The console lists tasks
			this.conf.append("tracking = true\n");
		}
		if (configuration.uses("timescaledb")) {
			PostgresServer timescaledb = PostgresServer.dedicatedTimescale();
			this.servers.push(new Server(timescaledb::stop, timescaledb::start, timescaledb));
			add("timescaledb", libpq(timescaledb.freshDatabase()));
		}
		if (configuration.uses("influxdb")) {
			InfluxdbServer influxdb = InfluxdbServer.dedicated();
			this.servers.push(new Server(influxdb::stop, influxdb::start, influxdb));
			add("influxdb", influxdb.url());
			this.conf.append("username = %s\npassword = %s\n".formatted(influxdb.username(), influxdb.password()));
		}
		// So that what a killed process had comes back soon where only its lease tells
		this.conf.append("[queues]\nlease = 5s\n[mailboxes]\nlease = 5s\n");
	}

	private static String libpq(PostgresDatabase database) {
		return database.url()
			.replace("jdbc:postgresql://", "postgresql://" + database.username() + ":" + database.password() + "@");
	}

	private void add(String section, String url) {
		this.conf.append("[%s]\nurl = %s\n".formatted(section, url));
	}

	Path write(Path directory) throws IOException {
		return Files.writeString(directory.resolve("ikigai.conf"), this.conf);
	}

	PostgresDatabase database() {
		return this.database;
	}

	/**
	 * Takes away what services have been moved to; where none has, PostgreSQL.
	 */
	void stop() {
		this.servers.forEach((server) -> server.stop.accept(Shutdown.IMMEDIATE));
	}

	void start() {
		this.servers.forEach((server) -> server.start.run());
	}

	@Override
	public void close() throws Exception {
		while (!this.servers.isEmpty()) {
			this.servers.pop().close.close();
		}
	}

	/**
	 * One that may be stopped.
	 */
	private record Server(Consumer<Shutdown> stop, Runnable start, AutoCloseable close) {
	}

}
