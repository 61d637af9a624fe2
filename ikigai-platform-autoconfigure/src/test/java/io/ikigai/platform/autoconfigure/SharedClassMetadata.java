package io.ikigai.platform.autoconfigure;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Reads the class files of auto-configurations once for all applications of a test JVM:
 * to read them at each start would take an eighth of it.
 */
public class SharedClassMetadata implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	/** By this name Spring Boot has a factory of its own, unless there is one. */
	private static final String NAME = "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory";

	private static final DefaultResourceLoader classes = new DefaultResourceLoader();

	private static final MetadataReaderFactory shared = new CachingMetadataReaderFactory(classes) {

		@Override
		public void clearCache() {
			// Each application would at the end of its start
		}

	};

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		boolean ahead = Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING) || AotDetector.useGeneratedArtifacts();
		if (!ahead && context.getClassLoader() == classes.getClassLoader()
				&& context.getBeanFactory() instanceof BeanDefinitionRegistry beans) {
			beans.registerBeanDefinition(NAME, new RootBeanDefinition(MetadataReaderFactory.class, () -> shared));
		}
	}

}
