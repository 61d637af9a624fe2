package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundle that a key names.
 */
final class TlsBundle {

	private TlsBundle() {
	}

	/**
	 * Finds the bundle.
	 * @param key the key that names it
	 * @param name its name, or {@code null} for what the JVM trusts
	 * @param bundles the application's
	 * @throws PlatformConfigurationException if there is none of that name
	 */
	static @Nullable SslBundle of(String key, @Nullable String name, ObjectProvider<SslBundles> bundles) {
		if (name == null || name.isBlank()) {
			return null;
		}
		try {
			return bundles.getObject().getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new PlatformConfigurationException("There is no SSL bundle '" + name + "', which " + key + " names.",
					"Declare it as spring.ssl.bundle.pem." + name + ".* or spring.ssl.bundle.jks." + name
							+ ".*, or correct " + key + ".",
					ex);
		}
	}

}
