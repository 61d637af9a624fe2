package io.ikigai.sample.webapp;

import java.net.URI;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The console on a real PostgreSQL: one application for all tests that ask it over HTTP.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "console.operator-password=may-operate", "console.reader-password=may-read" })
abstract class ConsoleKit {

	@LocalServerPort
	int port;

	@Autowired
	Platform platform;

	@Autowired
	JdbcClient jdbc;

	ConsoleClient operator;

	@DynamicPropertySource
	static void useFreshDatabase(DynamicPropertyRegistry properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		properties.add("spring.datasource.url", database::url);
		properties.add("spring.datasource.username", database::username);
		properties.add("spring.datasource.password", database::password);
	}

	@BeforeEach
	void login() throws Exception {
		this.operator = client().login("operator", "may-operate");
	}

	ConsoleClient client() {
		return new ConsoleClient(URI.create("http://127.0.0.1:" + this.port));
	}

}
