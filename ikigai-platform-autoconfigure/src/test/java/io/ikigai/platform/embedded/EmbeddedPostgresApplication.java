package io.ikigai.platform.embedded;

import java.nio.file.Path;

/**
 * An application that uses the embedded PostgreSQL in a process of its own until its
 * standard input ends.
 */
final class EmbeddedPostgresApplication {

	private EmbeddedPostgresApplication() {
	}

	public static void main(String[] args) throws Exception {
		EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]), Integer.parseInt(args[1]));
		Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
		System.out.println("ready " + postgres.port());
		System.in.read();
	}

}
