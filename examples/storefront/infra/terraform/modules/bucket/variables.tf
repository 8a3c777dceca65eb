variable "name" {
  description = "The bucket's name"
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the objects"
  type        = string
}

variable "versioned" {
  description = "Keep old versions of objects"
  type        = bool
  default     = true
}

variable "block_public" {
  description = "Refuse public access"
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "Delete the bucket even when it holds objects"
  type        = bool
  default     = false
}
