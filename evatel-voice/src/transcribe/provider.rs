//! Where a model is computed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a model is computed on, in onnxruntime's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Provider {
    /// The processor; every build of the library has it.
    #[default]
    Cpu,
    /// A graphics card by CUDA.
    Cuda,
    /// A graphics card by TensorRT.
    Trt,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Provider; 3] = [Provider::Cpu, Provider::Cuda, Provider::Trt];

    /// Its word in settings, and for the library.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Trt => "trt",
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Cpu => 0,
            Self::Cuda => 1,
            Self::Trt => 2,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.code() == code)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
