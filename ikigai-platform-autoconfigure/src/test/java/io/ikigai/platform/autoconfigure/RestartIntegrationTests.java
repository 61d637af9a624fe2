package io.ikigai.platform.autoconfigure;

import java.net.URL;
import java.net.URLClassLoader;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is restarted in the same JVM with a class loader of its own, as by
 * DevTools: nothing of the platform remembers the classes of the one before.
 */
class RestartIntegrationTests {

	@Test
	void findsTheClassesOfEachStart() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		Class<?> first = load();
		Class<?> second = load();
		assertThat(second).isNotSameAs(first);
		assertThat(work(first, database)).isEqualTo("book, first run, lamp");
		assertThat(work(second, database)).isEqualTo("book, first run, lamp");
	}

	private static Object work(Class<?> application, PostgresDatabase database) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(application.getClassLoader());
		try {
			return application.getMethod("work", String[].class).invoke(null, (Object) TestApplication.on(database));
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static Class<?> load() throws ClassNotFoundException {
		URL classes = RestartedApplication.class.getProtectionDomain().getCodeSource().getLocation();
		return Class.forName(RestartedApplication.class.getName(), true, new Restarting(classes));
	}

	/**
	 * Loads the application's classes itself, and leaves all others to its parent.
	 */
	private static final class Restarting extends URLClassLoader {

		private Restarting(URL classes) {
			super(new URL[] { classes }, RestartIntegrationTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			// With the package's application, which is package-private
			if (!name.startsWith(RestartedApplication.class.getName())
					&& !name.equals(TestApplication.class.getName())) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : findClass(name);
			}
		}

	}

}
