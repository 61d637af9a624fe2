package io.ikigai.sample.webapp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.ikigai.platform.Platform;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/**
 * What only {@code ./demo} needs: queues a first check, of the console itself, and tells
 * the script in a file where the console and the database are, and how to log in.
 */
@Component
@ConditionalOnProperty("demo.ready-file")
class DemoStart {

	private final Platform platform;

	private final Path readyFile;

	private final String database;

	private final ConsoleUsers users;

	DemoStart(Platform platform, @Value("${demo.ready-file}") Path readyFile, JdbcConnectionDetails database,
			ConsoleUsers users) {
		this.platform = platform;
		this.users = users;
		this.readyFile = readyFile;
		this.database = psqlUrl(database);
	}

	@EventListener
	void start(ApplicationReadyEvent event) throws IOException {
		String console = "http://127.0.0.1:%s/"
			.formatted(event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
		this.platform.queue(ConsoleApplication.QUEUE).enqueue(CheckRequest.of(console));
		Path unfinished = this.readyFile.resolveSibling(this.readyFile.getFileName() + ".new");
		Files.writeString(unfinished, "console: %s%nlogin: operator %s%ndatabase: %s%n".formatted(console,
				this.users.operatorPassword(), this.database));
		Files.move(unfinished, this.readyFile, StandardCopyOption.ATOMIC_MOVE);
	}

	/**
	 * An address that {@code psql} takes as it stands.
	 */
	private static String psqlUrl(JdbcConnectionDetails database) {
		String credentials = (database.getUsername() != null) ? encode(database.getUsername()) : "";
		if (database.getPassword() != null) {
			credentials += ":" + encode(database.getPassword());
		}
		String prefix = credentials.isEmpty() ? "postgresql://" : "postgresql://" + credentials + "@";
		// Without the parameters, which are the driver's
		return database.getJdbcUrl().split("\\?", 2)[0].replace("jdbc:postgresql://", prefix);
	}

	private static String encode(String text) {
		return UriUtils.encode(text, StandardCharsets.UTF_8);
	}

}
